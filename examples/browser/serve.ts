/** Serves the page under a strict policy; the runtime is another process: `arcp serve --allowed-origin …`. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const port = Number(process.env.PORT ?? 8080);

/** What the page may do: its own scripts and styles, and runtimes on this machine. Nothing inline, no markup from text. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src ws://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** The package's compiled files: arcp/client is runtime-kit/client/index.js in there. */
const compiled = fileURLToPath(new URL("../..", import.meta.resolve("arcp/client")));

/** The file for what a request names; `URL` has resolved the dots, so that none leads out. */
function fileFor(target: string): string | undefined {
  // Joined, not resolved: `//` at the beginning would name a host, and `//` alone is no URL at all.
  const site = "http://page";
  if (!URL.canParse(site + target)) return undefined;
  const { pathname } = new URL(site + target);
  if (pathname === "/") return join(import.meta.dirname, "index.html");
  if (pathname === "/page.js" || pathname === "/page.css")
    return join(import.meta.dirname, pathname);
  const part = /^\/arcp\/((?:runtime-kit|generated)\/[\w./-]+\.js)$/.exec(pathname)?.[1];
  return part === undefined ? undefined : join(compiled, part);
}

const server = createServer(async (request, response) => {
  const file = fileFor(request.url ?? "/");
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  response.writeHead(body === undefined ? 404 : 200, {
    "Content-Type": types[extname(file ?? "")] ?? "text/plain",
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
  response.end(body ?? "there is nothing here\n");
});

server.listen(port, "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(`open ${origin}`);
  console.log(`and in another terminal: npx arcp serve --allowed-origin ${origin}`);
});
