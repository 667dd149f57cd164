import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runIn, smallProject } from "../../main.test-helper.js";
import { textSummaries } from "../../model/rules/ids.js";
import type { Model } from "../../model/types.js";
import { readModel, readRevisions } from "../../revisions.js";
import { lintFuzz } from "./lint.js";
import { readFirst } from "./words.js";

const models = await Promise.all(
  (await readRevisions(".")).map(async (revision) => (await readModel(".", revision)).model!),
);
/** The words of this test are those of this draft, and not of whatever comes after it. */
const draft = models.find(({ revision }) => revision === "1.1")!;

/** The draft with another name for something, everywhere. */
const renamed = (from: string, to: string): Model =>
  JSON.parse(JSON.stringify(draft).replaceAll(`"${from}"`, `"${to}"`)) as Model;

/** What is said of a message that a draft does not have. */
const none = (type: string): string => `no message ${type}; nearest: `;

describe("what is written by hand for the fuzz model", () => {
  it("says what each draft has", () => {
    expect(models.flatMap((one, at) => lintFuzz(one, models.slice(0, at)))).toEqual([]);
  });

  it.each([
    ["idempotency_key", "dedupe_key", "the misstep key-again-for-something-else", "dedupe_key"],
    ["from_event_seq", "since_seq", "the misstep subscribe-beyond-newest", "since_seq"],
    ["DUPLICATE_KEY", "KEY_TAKEN", "the misstep key-again-for-something-else", "no error code"],
    ["job.subscribe", "job.watch", "the misstep subscribe-to-unknown-job", none("job.subscribe")],
    ["session.hello", "session.open", "the move session hello", none("session.hello")],
    ["job.submit", "job.order", "the move job accept", none("job.submit")],
    ["job.result", "job.done", "the move job return", none("job.result")],
    ["session.close", "session.end", "the move session close", none("session.close")],
    ["session.closed", "session.ended", "the move session close", none("session.closed")],
    ["job.cancelled", "job.stopped", "the move job cancel", none("job.cancelled")],
    ["resume_token", "resume_secret", "the move session resume", "resume_secret"],
    ["TIMEOUT", "TOO_LONG", "the move job timeout", "there is no error code TIMEOUT"],
    ["status", "state", "the move job start", "there is no event kind status"],
    ["phase", "stage", "the move job start", "/body/phase; nearest there: stage"],
    ["return", "finish", "the move job return", "finish has no move: it may be a new name"],
    ["hello", "greet", "the move session hello", "greet has no move: it may be a new name"],
    ["attached", "joined", "the misstep second-hello", "there is no state attached of a session"],
    [
      "running",
      "busy",
      "the misstep subscribe-beyond-newest",
      "there is no state running of a job",
    ],
  ])("and is named when %s is called %s", (from, to, what, says) => {
    const found = lintFuzz(renamed(from, to), models).map(({ message }) => message);
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${what}, .*${says}`)));
  });

  it("may have no move for a trigger that is new, or that is gone", () => {
    const [job] = draft.machines.filter(({ subject }) => subject === "job");
    const having = (transitions: Model["machines"][number]["transitions"]): Model => ({
      ...draft,
      machines: draft.machines.map((one) => (one === job ? { ...job, transitions } : one)),
    });
    const { transitions } = job!;
    const more = having([...transitions, { ...transitions[1]!, on: "pause" }]);
    expect(lintFuzz(more, models)).toEqual([]);
    const fewer = having(transitions.filter(({ on }) => on !== "crash"));
    expect(lintFuzz(fewer, models)).toEqual([]);
  });

  it("may have another text for another draft", () => {
    const texts = ["a: 1, idempotency_key: $K", "idempotency_key: $K", "dedupe_key: $K"].map(
      (members) => `C > R  job.submit { agent: $A, ${members} }`,
    );
    const taken = (model: Model) => readFirst(model, texts.slice(1)).steps?.[0];
    expect(taken(draft)).toMatchObject({ members: { idempotency_key: { $: "K" } } });
    const after = renamed("idempotency_key", "dedupe_key");
    expect(taken(after)).toMatchObject({ members: { dedupe_key: { $: "K" } } });
    expect(readFirst(after, texts.slice(0, 2)).why).toMatch(/knows \/a; nearest there: /);
    expect(readFirst(after, ["C > R  job.fly {}"])).toEqual({
      why: expect.stringMatching(/^there is no message job\.fly; nearest: /) as string,
    });
  });
});

it.each([
  [
    "the misstep key-again-for-something-else",
    "missteps",
    "- **SUB-01**",
    "- **IDEM-06** The runtime MUST refuse another.\n- **SERR-05** The runtime MUST say so.\n$&",
  ],
  ["the move job accept", "moves", "| `begin`  |", "| `accept` |"],
  ["the move session close", "moves", "| `shut` | It", "| `close` | It"],
])("generate writes nothing while %s says what a draft has not", async (what, file, old, now) => {
  const [rule] = Object.keys(textSummaries);
  const root = await smallProject();
  try {
    const path = join(root, "spec/draft-arcp-9.9.md");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(old, now));
    await runIn(root, "lint", "--accept");
    const { code, out, err } = await runIn(root, "generate");
    expect(code, out).toBe(1);
    const said = `${rule} spec/draft-arcp-9\\.9\\.md:\\d+:\\d+ ${what}, .* there is no message \\S+; nearest: .*`;
    expect(out + err).toMatch(new RegExp(`${said}\\(write in codegen/emit/fuzz/${file}\\.ts how`));
    expect(err).toMatch(/spec\/draft-arcp-9\.9\.md: 1 finding; nothing was written\n$/);
  } finally {
    await rm(root, { recursive: true });
  }
});

it("generate writes nothing while a draft may have another name for a trigger of the one before it", async () => {
  const root = await smallProject();
  try {
    await runIn(root, "lint", "--accept");
    await runIn(root, "new-revision", "9.10");
    const path = join(root, "spec/draft-arcp-9.10.md");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("| `open` | `open`  |", "| `open` | `begin` |"));
    const { code, out, err } = await runIn(root, "generate");
    expect(code, out).toBe(1);
    expect(out + err).toContain(
      "the move session open, which this asks for, says what draft 9.10 has not: begin has no move: it may be a new name",
    );
    expect(err).toMatch(/spec\/draft-arcp-9\.10\.md: 1 finding; nothing was written\n$/);
  } finally {
    await rm(root, { recursive: true });
  }
});
