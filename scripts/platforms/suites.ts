/** Which tests run where, and what a platform cannot pass, with the reason. */
import type { Platform } from "./platforms.js";

/** A column of the table. */
export interface Suite {
  readonly name: string;
  /** Beginnings of the paths of its test files, in the project. */
  readonly paths: readonly string[];
  /** Tests of the command and of this project's own tools, which are for Node: see docs/platforms.md. */
  readonly nodeOnly?: boolean;
  /** Not part of `--small`. */
  readonly long?: boolean;
}

export const suites: readonly Suite[] = [
  {
    name: "pure rooms",
    paths: ["wire", "sessions", "jobs", "leases"].map((room) => `runtime-kit/${room}/`),
  },
  { name: "transports, stores", paths: ["runtime-kit/transports/", "runtime-kit/stores/"] },
  {
    name: "runtime, client, hosts",
    paths: ["runtime", "client", "hosts", "tools", "embed.test.ts"].map(
      (room) => `runtime-kit/${room}`,
    ),
  },
  { name: "command line", paths: ["runtime-kit/cli/"], nodeOnly: true, long: true },
  {
    name: "project's own tools",
    paths: ["codegen", "conformance", "examples", "docs", "scripts", "runtime-kit/architecture"],
    nodeOnly: true,
    long: true,
  },
];

/** Tests that a platform does not pass for a reason that is its own. They are not run there, and counted. */
export interface Known {
  readonly on: Platform["kind"];
  /** The full name of the test, or its beginning. */
  readonly test: string;
  /** What differs there, as docs/platforms.md says it. */
  readonly reason: string;
}

const HOSTILE = "wsTransport against a hostile client";

export const known: readonly Known[] = [
  {
    on: "bun",
    test: `${HOSTILE} writes the frames of one call as one write`,
    reason: "frames are written by Bun's own `ws`, one by one",
  },
  {
    on: "bun",
    test: `${HOSTILE} bounds what a flood of pings makes it send to a client that does not read`,
    reason:
      "Bun answers pings out of our sight and bounds nothing; put a proxy before a public runtime",
  },
  {
    on: "bun",
    test: `${HOSTILE} closes on fragments without end`,
    reason:
      "Bun's `ws` ends such a message with 1002 at its size limit, not with 1008 at a number of fragments",
  },
  {
    on: "bun",
    test: "close does not wait for clients that answer no close, nor for idle or half-open ones",
    reason:
      "a connection that has sent nothing is not shown by Bun's HTTP server, and ends with the process",
  },
  {
    on: "bun",
    test: "close stops listening, waits for the runtime, then ends what is left",
    reason:
      "Bun resets, without a 503, what was connected and had asked for nothing when the server closed",
  },
  {
    on: "bun",
    test: "a pending timer keeps the process alive only if it was asked to",
    reason: "the test counts with `process.getActiveResourcesInfo`, which lists no timers on Bun",
  },
  {
    on: "deno",
    test: "serve says that an address is not of this machine",
    reason: "Deno reports the failure without the code `EADDRNOTAVAIL`; the text is the system's",
  },
  {
    on: "deno",
    test: `${HOSTILE} writes the frames of one call as one write`,
    reason: "frames are written by `ws`: Deno's TLS sockets do not write latin1 as it is",
  },
  {
    on: "deno",
    test: `${HOSTILE} answers pings between frames that were written past ws`,
    reason:
      "a `ws` client on Deno that sends a WebSocket ping at every turn is cut off, with the package `ws` alone too; ARCP's own pings are messages",
  },
];

/** The list of docs/platforms.md. */
export function knownAsText(): string {
  const title = { node: "Node", bun: "Bun", deno: "Deno" };
  return known
    .map(({ on, test, reason }) => `- **${title[on]}**, _${test}_: ${reason}.`)
    .join("\n");
}
