/** A static site under a strict policy, on a free port of 127.0.0.1. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type * as client from "../../runtime-kit/client/index.js";

declare global {
  /** In a page of ours: `arcp/client`, for what the tests evaluate there. */
  // oxlint-disable-next-line no-var
  var arcp: typeof client;
}

/** What a page of ours may do: load its own scripts, frame its own pages, and talk to runtimes of this machine. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "frame-src 'self'",
  "connect-src ws://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** A site that is served. */
export interface Site {
  /** As a page has it, `http://127.0.0.1:1234`. */
  readonly origin: string;
  close(): Promise<void>;
}

const SCRIPT = `<!doctype html><html lang="en"><title>arcp</title><script src="/arcp.js"></script>`;
const FRAME = `<!doctype html><html lang="en"><title>arcp</title><iframe sandbox="allow-scripts" src="/"></iframe>`;

/** The client as a script that makes the global `arcp`. */
export async function clientScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../runtime-kit/client/index.ts", import.meta.url))],
    bundle: true,
    format: "iife",
    globalName: "arcp",
    platform: "neutral",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** Serves the page, a frame without an origin around it at `/sandbox`, and the client. */
export async function serveSite(): Promise<Site> {
  const script = await clientScript();
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html", SCRIPT],
    "/sandbox": ["text/html", FRAME],
    "/arcp.js": ["text/javascript", script],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(text === "" ? 404 : 200, {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Security-Policy": POLICY,
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
