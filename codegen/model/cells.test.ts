import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSpec } from "./read.js";

const base = readFileSync(new URL("../fixtures/lint/base.md", import.meta.url), "utf8");
/** Replaces a piece of the base, and gives the findings as `rule message`. */
function findings(from: string, to: string): string[] {
  expect(base.split(from)).toHaveLength(2);
  const { diagnostics } = readSpec({
    spec: { path: "draft-1.1.md", text: base.replace(from, to) },
  });
  return diagnostics.map(({ rule, message }) => `${rule} ${message}`);
}

describe("machine words", () => {
  it.each([
    ["| `session.ping` | both ", "| `session.ping` | C -> R ", '"C -> R" is no Direction'],
    ["| both      | 1.1 ", "| both      | 1.2 ", "1.2 comes after this version, 1.1"],
    ["| both      | 1.1 ", "| both      | new ", '"new" is no Since'],
    ["| `heartbeat` | no  | no  |", "| heartbeat | no  | no  |", '"heartbeat" is no Feature'],
    ["| `heartbeat` | no  | no  |", "| `heartbeat` | No  | no  |", '"No" is no Job'],
    [
      "| no  | no  | `job.accepted` |",
      "| no  | no  | `job.accepted` soon |",
      '"`job.accepted` soon" is no list of replies',
    ],
    [
      "| no  | no  | `job.accepted` |",
      "| no  | no  | `job.accepted` `job.event` |",
      '"`job.accepted` `job.event`" is no list of replies',
    ],
    ["| 1_048_576 |", "| 1__0_ |", '"1__0_" is no Value'],
    ["| `max_frame` |", "| `m\u0430x_frame` |", '"`m\\u0430x_frame`" is no limit'],
    [
      "| no  | no  | `job.accepted` |",
      "| no  | no  | `job.\u0430ccepted` |",
      '"`job.\\u0430ccepted`" is no list of replies',
    ],
    ["`field:job.submit/lease/until`|", "`field:job.submit`|", '"field:job.submit" is no gate'],
    ["`namespace:money` ", "`money:namespace` ", '"money:namespace" is no gate'],
    ["| path    | Files.", "| glob    | Files.", '"glob" is no Pattern'],
    ["| 1_048_576 |", "| 1 MiB |", '"1 MiB" is no Value'],
    ["| 1_048_576 |", "| 99999999999999999999 |", '"99999999999999999999" is no Value'],
    ["| `end`, `cancel`  |", "|  |", '"" is no event'],
    [
      "| `waiting` | `submit` ",
      "| `waiting` or `running` | `submit` ",
      '"`waiting` or `running`" is no state',
    ],
    ["| `NO_SUCH_AGENT` | no  ", "| NO_SUCH_AGENT | no  ", '"NO_SUCH_AGENT" is no error code'],
  ])("%s cannot be %s", (from, to, message) => {
    expect(findings(from, to)[0]).toBe(`malformed-table ${message}`);
  });
});

describe("a row with a wrong Since", () => {
  it("hides nothing of what is wrong with its schema and its examples", () => {
    const ping = '"session.ping", "payload": { "nonce": "n" }';
    const text = base
      .replace("| both      | 1.1 ", "| both      | 1.2 ")
      .replace(ping, '"x", "payload": {}');
    const { diagnostics } = readSpec({ spec: { path: "draft-1.1.md", text } });
    expect(diagnostics.map(({ rule }) => rule)).toEqual([
      "malformed-table",
      "example-does-not-validate",
    ]);
  });
});

describe("examples of messages", () => {
  it.each([
    [
      "another type",
      '"m3", "type": "session.ping", "payload": { "nonce": "n" }',
      '"m3", "type": "job.event", "payload": { "nonce": "n" }',
      '"/type const"',
    ],
    [
      "no number where one is due",
      '"event_seq": 1,\n  "payload"',
      '"payload"',
      '"/event_seq required"',
    ],
    [
      "a body that breaks its kind",
      '"event_seq": 1,\n  "payload": { "kind": "log", "body": { "message": "hello" } }',
      '"event_seq": 1,\n  "payload": { "kind": "log", "body": {} }',
      '"/payload/body/message required"',
    ],
    [
      "no envelope",
      '{ "arcp": "1.1", "id": "m3", "type": "session.ping", "payload": { "nonce": "n" } }',
      "[]",
      '"type"',
    ],
  ])("fail with %s", (_, from, to, expected) => {
    const found = findings(from, to);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  const inEnvelope = '"type": "job.accepted", "job_id": "j", "payload": {} }';
  const inPayload = '"type": "job.accepted", "payload": { "job_id": "j" } }';

  it("name their job in the envelope, where the payload has no member for it", () => {
    expect(findings(inEnvelope, inPayload)[0]).toContain("/job_id required");
    expect(findings(inEnvelope, '"type": "job.accepted", "payload": {} }')[0]).toContain(
      "/job_id required",
    );
  });

  it("name their job in the envelope or in the payload, where that has a member for it", () => {
    const member = '{ "job_id": { "type": "string", "description": "The job." } }';
    const schema = (more: string) => `{ "type": "object", "properties": ${member}${more} }`;
    const found = (more: string, example: string) => {
      const text = base
        .replace('of=job.accepted\n{ "type": "object" }', `of=job.accepted\n${schema(more)}`)
        .replace(inEnvelope, example);
      const { diagnostics } = readSpec({ spec: { path: "draft-1.1.md", text } });
      const about = diagnostics.filter(({ message }) => message.includes("the example accepted "));
      return about.map(({ message }) => message).join();
    };
    expect(found("", inEnvelope)).toBe("");
    expect(found("", inPayload)).toBe("");
    expect(found("", '"type": "job.accepted", "payload": {} }')).toContain('"/job_id required"');
    // A payload that requires it says so itself, and once.
    const required = ', "required": ["job_id"]';
    expect(found(required, inPayload)).toBe("");
    expect(found(required, inEnvelope)).toContain('fit job.accepted: "/payload/job_id required"');
  });
});
