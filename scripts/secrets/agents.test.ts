/**
 * `npm run test:secrets`, of agents that slip: each tells the value of its credential in another way, and that is then
 * looked for in the files of the store, in the log, and in what a principal that may look on was told.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, createRuntime, defineAgent, bearer } from "../../runtime-kit/node.js";
import type { AgentContext } from "../../runtime-kit/node.js";
import { sqlite } from "../../runtime-kit/stores/sqlite.js";
import { placesOf, takeFiles } from "./search.js";
import type { Places } from "./search.js";

type Slip = (value: string, ctx: AgentContext) => unknown;

const bytes = (text: string) => new TextEncoder().encode(text);

const SLIPS: Record<string, Slip> = {
  "bytes that are returned": (value) => bytes(`HTTP/1.1 200 OK\nauthorization: Bearer ${value}`),
  "bytes in a stream": (value, ctx) => ctx.stream([bytes("x"), bytes(value)]),
  "text in a stream, cut in two": (value, ctx) => ctx.stream([value.slice(0, 9), value.slice(9)]),
  "bytes in a stream, one by one": (value, ctx) =>
    ctx.stream(Array.from(bytes(value), (byte) => Uint8Array.of(byte))),
  "the kind of an event": (value, ctx) => ctx.emit(`x-vendor.a.${value}`, {}),
  "a log": (value, ctx) => ctx.log("info", value),
  "an address": (value, ctx) =>
    ctx.log("info", `https://a.example/?k=${encodeURIComponent(value)}`),
  "a result": (value) => ({ headers: { [value]: value } }),
  "an error": (value) => Promise.reject(Object.assign(new Error(value), { code: value })),
};

/** What docs/credentials.md says that nobody finds: there is no end of them. */
const DISGUISES: Record<string, (value: string) => string> = {
  "hexadecimal digits": (value) => Buffer.from(value).toString("hex"),
  "base64 of its own making": (value) => Buffer.from(value).toString("base64"),
};

const folder = mkdtempSync(join(tmpdir(), "arcp-slips-"));
const left: Places = new Map();
const values = new Map<string, string>();

beforeAll(async () => {
  const log: string[] = [];
  const note = (...words: unknown[]) => void log.push(JSON.stringify(words));
  const slips = defineAgent<string>({
    name: "slips",
    async run(input, ctx) {
      const { value } = ctx.credential();
      values.set(input, value);
      const disguise = DISGUISES[input];
      return disguise === undefined ? SLIPS[input]!(value, ctx) : disguise(value);
    },
  });
  const runtime = createRuntime({
    agents: [slips],
    auth: bearer({ "token of Ada": "ada", "token of Bob": "bob" }),
    credentials: {
      issue: () => ({
        credentials: [
          {
            scheme: "bearer",
            value: `canary-${randomBytes(12).toString("base64")}`,
            endpoint: "https://a.example/",
          },
        ],
      }),
      revoke: () => {},
    },
    policy: { observe: () => "allow" },
    store: sqlite(join(folder, "arcp.db")),
    logger: { debug: note, info: note, warn: note, error: note },
  });
  const ada = await connect(runtime.dial("ada"));
  const bob = await connect(runtime.dial("bob"));
  const seen: unknown[] = [];
  const settled = async (result: Promise<unknown>): Promise<void> =>
    void seen.push(await result.then(shown, (error: Error) => [error.message, { ...error }]));
  for (const input of [...Object.keys(SLIPS), ...Object.keys(DISGUISES)]) {
    const job = await ada.submit("slips", input);
    await job.result().catch(() => {});
    const watched = await bob.watch(job.id, { from: 0 });
    for await (const event of watched) seen.push(event);
    await settled(watched.result());
  }
  await Promise.all([ada.close(), bob.close()]);
  takeFiles(left, folder, () => false);
  await runtime.close();
  left.set("the log", log.join("\n"));
  left.set("what somebody else was told", seen.map((one) => JSON.stringify(one)).join("\n"));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes as the text that they are. */
const shown = (result: unknown) =>
  result instanceof Uint8Array ? Buffer.from(result).toString() : result;

describe("the value of a credential, as an agent lets it slip (CRED-25, CRED-27)", () => {
  it("is looked for where something was left", () => {
    expect([...left.keys()]).toEqual(expect.arrayContaining(["the file arcp.db", "the log"]));
    expect(left.get("what somebody else was told")).toContain("which must not be stored");
    expect(values.size).toBe(Object.keys(SLIPS).length + Object.keys(DISGUISES).length);
  });

  it.each(Object.keys(SLIPS))("is nowhere: in %s", (name) => {
    expect(placesOf(left, values.get(name)!)).toEqual([]);
  });

  it.each(Object.keys(DISGUISES))("is where its agent disguised it: in %s", (name) => {
    expect(placesOf(left, values.get(name)!)).toContain("what somebody else was told");
  });
});
