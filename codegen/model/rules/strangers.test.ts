import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSpec } from "../read.js";
import type { JsonSchema } from "../schema.js";
import { strangersIn } from "../strangers.js";

const base = readFileSync(new URL("../../fixtures/lint/base.md", import.meta.url), "utf8");

/** The findings after a replacement in the base, without the rule in front. */
function strangers(from: string, to: string): string[] {
  expect(base.split(from), from).toHaveLength(2);
  const text = base.replace(from, to);
  const { diagnostics } = readSpec({ spec: { path: "draft-1.1.md", text } });
  return diagnostics.map(({ rule, message, fix }) => {
    expect(rule).toBe("unknown-member");
    return `${message}; ${fix.slice(0, fix.indexOf(";"))}`;
  });
}

describe("a member that its schema does not know", () => {
  it.each([
    [
      "in the payload of an example",
      '"payload": { "agent": "a" } }',
      '"payload": { "agent": "a", "leese": {} } }',
      "the example submit has /payload/leese, which no schema of job.submit knows; nearest there: lease, agent",
    ],
    [
      "below another member",
      '"payload": { "agent": "a" } }',
      '"payload": { "agent": "a", "lease": { "untill": "x" } } }',
      "the example submit has /payload/lease/untill, which no schema of job.submit knows; nearest there: until",
    ],
    [
      "in the envelope, under a name that a payload has",
      '"type": "job.submit", "payload": { "agent": "a" } }',
      '"type": "job.submit", "agent": "a", "payload": { "agent": "a" } }',
      "the example submit has /agent, which no schema of job.submit knows; nearest there: arcp, id, type",
    ],
    [
      "in the body of an event",
      '{ "kind": "log", "body": { "message": "hello" } }\n```',
      '{ "kind": "log", "body": { "message": "hello", "text": "hello" } }\n```',
      "the example log has /body/text, which no schema of log knows; nearest there: message",
    ],
    [
      "in a step of a trace",
      'C > R  job.submit { agent: "a" }',
      'C > R  job.submit { agent: "a", name: $N }',
      "the trace submission has /name, which no schema of job.submit knows; nearest there: lease, type, agent",
    ],
    [
      "in the body within a step",
      'body: { message: "ready" } }',
      'body: { message: "ready", note: "n" } }',
      "the trace submission has /body/note, which no schema of job.event knows; nearest there: message",
    ],
    [
      "beside the fault of an invalid example",
      '"payload": { "nonce": 1 } }',
      '"payload": { "nonce": 1, "once": 1 } }',
      "the example ping-number has /payload/once, which no schema of session.ping knows; nearest there: nonce",
    ],
  ])("%s", (_, from, to, expected) => {
    expect(strangers(from, to)).toEqual([expected]);
  });

  it.each([
    ["of a vendor", '"payload": { "nonce": "n" } }', '"payload": { "nonce": "n", "x-acme": {} } }'],
    [
      "where the schema says nothing of members",
      '"job_id": "j", "payload": {} }',
      '"job_id": "j", "payload": { "anything": 1 } }',
    ],
    [
      "in the body of a vendor's event",
      'kind: "log",\n       body: { message: "ready" }',
      'kind: "x-vendor.a.b",\n       body: { heat: 1 }',
    ],
  ])("is none %s", (_, from, to) => {
    expect(strangers(from, to)).toEqual([]);
  });
});

describe("the schemas of a place", () => {
  const blocks = new Map([["A", { schema: { properties: { a: {} } } }]]);
  const keys = (value: unknown, ...schemas: readonly JsonSchema[]) =>
    [...strangersIn(value, schemas, blocks)].map(({ parent, key }) => `${parent}/${key}`);

  it("are joined from references, branches and items", () => {
    const schema = {
      anyOf: [{ $ref: "#/$defs/A" }, { type: "array", items: { $ref: "#/$defs/A" } }],
    };
    expect(keys({ a: 1, b: 1 }, schema)).toEqual(["/b"]);
    expect(keys([{ a: 1 }, { b: 1 }], schema)).toEqual(["/1/b"]);
  });

  it("leave the keys of a map free and look into its values", () => {
    expect(keys({ x: { a: 1, b: 1 } }, { additionalProperties: { $ref: "#/$defs/A" } })).toEqual([
      "/x/b",
    ]);
  });

  it("leave the other keys of a map free that names some", () => {
    const named = { properties: { n: {} }, additionalProperties: { type: "number" } };
    expect(keys({ n: 1, x: 1 }, named)).toEqual([]);
  });

  it("are open by a branch that takes any object, not by one that requires something", () => {
    const known = { properties: { a: {} } };
    expect(keys({ b: 1 }, { anyOf: [known, { type: "object" }] })).toEqual([]);
    expect(keys({ b: 1 }, { ...known, anyOf: [{ required: ["a"] }, {}] })).toEqual(["/b"]);
    expect(keys({ b: 1 }, { anyOf: [known, { type: "string" }] })).toEqual(["/b"]);
  });

  it("take a capture for whatever stands there", () => {
    expect(keys({ $: "J" }, { properties: { a: {} } })).toEqual([]);
  });

  it("may go in a circle", () => {
    const round = new Map([["R", { schema: { $ref: "#/$defs/R", properties: { a: {} } } }]]);
    expect([...strangersIn({ b: 1 }, [{ $ref: "#/$defs/R" }], round)]).toHaveLength(1);
  });
});
