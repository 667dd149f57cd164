/**
 * The spellings in which a value of a credential gets into what is said by itself, at every door. A value has the word that is looked for
 * between the characters that others escape: wherever that word stands, the value was let through. §9.8.4, docs/credentials.md
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sqlite } from "../../stores/sqlite.js";
import type { AgentContext } from "../context.js";
import { gateway } from "./gateway.test-helper.js";
import { createKeyring } from "./keyring.js";
import { bytes, told, trying } from "./told.test-helper.js";

const WORD = "CANARY0123456789";

/** Has something of all that somebody escapes. */
const WHOLE = `{"type":"é<&> '~","private_key":"-----BEGIN-----\\n${WORD}/+=\\n"}`;

const VALUES: Readonly<Record<string, string>> = {
  quotes: `sk-"${WORD}"-end`,
  backslashes: `sk-\\${WORD}\\-end`,
  "a key file on one line": WHOLE,
  slashes: `sk/${WORD}/+==`,
  "marks of HTML": `<${WORD}>&'-end`,
  accents: `clé-${WORD}-ä\u2028😀`,
  spaces: `sk ${WORD} (!*'~) end`,
};

const ascii = (json: string) =>
  json.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
/** What writes JSON: this language, Python, PHP and Go. */
const WRITERS: Readonly<Record<string, (value: unknown) => string>> = {
  JSON: JSON.stringify,
  "JSON in ASCII": (value) => ascii(JSON.stringify(value)),
  "JSON with escaped slashes": (value) => ascii(JSON.stringify(value)).replaceAll("/", "\\/"),
  "JSON for HTML": (value) =>
    JSON.stringify(value).replace(/[<>&\u2028]/g, (c) =>
      c === "\u2028" ? "\\u2028" : `\\u00${c.charCodeAt(0).toString(16)}`,
    ),
};

type Spell = (value: string) => string;

const SPELLINGS: readonly (readonly [string, Spell])[] = [
  ["as it is", (value) => value],
  ...Object.entries(WRITERS).flatMap(([name, write]): (readonly [string, Spell])[] => [
    [name, (key) => write({ key })],
    [`${name}, in itself`, (key) => write([write({ key })])],
    [`${name}, in itself twice`, (key) => write([write([write({ key })])])],
  ]),
  ["a part of an address", (value) => `https://h.example/?key=${encodeURIComponent(value)}`],
  [
    "a part of an address, in small letters",
    (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  ],
  ["a form", (key) => new URLSearchParams({ key }).toString()],
  ["JSON in an address", (key) => encodeURIComponent(JSON.stringify({ key }))],
  ["JSON in a form", (key) => new URLSearchParams({ body: JSON.stringify({ key }) }).toString()],
];

const CASES = Object.entries(VALUES).flatMap(([kind, value]) =>
  SPELLINGS.map(([name, spell]) => [kind, name, value, spell] as const),
);

/** Every way to have something stored with a job that goes on. */
const DOORS: readonly ((text: string, ctx: AgentContext) => unknown)[] = [
  (text, ctx) => ctx.log("info", `config ${text}`),
  (text, ctx) => ctx.log(text, "level"),
  (text, ctx) => ctx.thought(text),
  (text, ctx) => ctx.status("phase", text),
  (text, ctx) => ctx.status(text),
  (text, ctx) => ctx.progress(1, 2, { units: text }),
  (text, ctx) => ctx.progress(1, 2, { message: text }),
  (text, ctx) => ctx.metric(text, 1),
  (text, ctx) => ctx.metric("m", 1, text),
  (text, ctx) => ctx.metric("m", 1, "1", { dimension: text }),
  (text, ctx) => ctx.metric("m", 1, "1", { [text]: "dimension" }),
  (text, ctx) => ctx.artifact({ uri: `https://h.example/${text}`, content_type: text } as never),
  (text, ctx) => ctx.emit("x-vendor.a.b", { deep: [[{ text }]] }),
  (text, ctx) => ctx.emit("x-vendor.a.b", { [text]: 1 }),
  (text, ctx) => ctx.emit(`x-vendor.a.${text}`, {}),
  (text, ctx) => ctx.tool("t", { body: text }, () => 1),
  (text, ctx) => ctx.tool(text, {}, () => 1),
  (text, ctx) => ctx.tool("t", {}, () => ({ text })),
  (text, ctx) => ctx.tool("t", {}, () => Promise.reject(new Error(text))),
  (text, ctx) => ctx.delegate("a", { text }),
  (text, ctx) => ctx.delegate("a", null, { id: text }),
  (text, ctx) => ctx.delegate(text),
  (text, ctx) => ctx.delegate("a", null, { lease: { "tool.call": [text] } }),
];

/** Every way to end with something. */
const ENDS: readonly ((text: string, ctx: AgentContext) => unknown)[] = [
  (text) => text,
  (text) => ({ nested: [text] }),
  (text) => ({ [text]: 1 }),
  (text) => bytes(text),
  (text, ctx) => ctx.stream([text]),
  (text, ctx) => ctx.stream([...text]),
  (text, ctx) => ctx.stream([bytes(text.slice(0, 20)), text.slice(20)]),
  (text, ctx) => ctx.stream(["x"], { summary: text }),
  (text) => Promise.reject(new Error(`bad config ${text}`)),
];

function issuing(value: string) {
  const upstream = gateway();
  upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value }] });
  return upstream;
}

describe("what an agent says", () => {
  it.each(CASES)(
    "CRED-25 holds no value with %s, written as %s, at any door",
    async (_kind, _name, value, spell) => {
      const at = async (run: (text: string, ctx: AgentContext) => unknown) =>
        (await told((key, ctx) => run(spell(key), ctx), { upstream: issuing(value) })).everything;
      const all = await at(async (text, ctx) => {
        for (const say of DOORS) await trying(() => say(text, ctx));
      });
      expect(all).not.toContain(WORD);
      // Each takes a job: of those that do, the one that has all.
      for (const end of value === WHOLE ? ENDS : []) expect(await at(end)).not.toContain(WORD);
    },
  );
});

describe("what a principal says", () => {
  it.each(CASES)(
    "CRED-25 has a value with %s, written as %s, found and redacted",
    (_kind, _name, value, spell) => {
      const keyring = createKeyring();
      keyring.add("me", [value]);
      expect(keyring.memberWith("me", { input: { text: spell(value) } })).toBe("input");
      expect(keyring.memberWith("me", { input: { [spell(value)]: 1 } })).toBe("input");
      expect(keyring.redacted("me", `a ${spell(value)} b`)).not.toContain(WORD);
      keyring.remove("me", [value]);
      expect(keyring.memberWith("me", { input: spell(value) })).toBeUndefined();
    },
  );
});

it("CRED-25 no value stands in the file of a store, however it was said", async () => {
  const folder = mkdtempSync(join(tmpdir(), "arcp-spellings-"));
  try {
    const say = async (key: string, ctx: AgentContext) => {
      for (const [, spell] of SPELLINGS) {
        for (const door of DOORS) await trying(() => door(spell(key), ctx));
      }
      ctx.log("info", "all was tried");
      return JSON.stringify({ key });
    };
    await told(say, { upstream: issuing(WHOLE), store: sqlite(join(folder, "arcp.db")) });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const kept = files.map((name) => readFileSync(join(folder, name), "latin1")).join();
    expect(kept).toContain("all was tried");
    expect(kept).not.toContain(WORD);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
