import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { buildDraft } from "../model/build.js";
import { parseSpec } from "../parse/markdown.js";
import { createReport } from "../parse/report.js";
import { auditDraft } from "./audit.js";
import { noBaseline } from "./baseline.js";
import type { Baseline } from "./baseline.js";
import { createFactStore } from "./facts.js";
import { accept } from "./held.js";
import { exitCode, formatAudit } from "./report.js";
import type { Audit, AuditInput } from "./result.js";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const spec = readFileSync(at("../../spec/draft-arcp-1.1.md"), "utf8");
const draft = buildDraft(parseSpec("spec/draft-arcp-1.1.md", spec).facts, createReport().report);
/** A draft of nobody's, in another form than those that there are. */
const text = readFileSync(at("../fixtures/audit/other-form.md"), "utf8");

const nobody = { held: [], heldFile: "p.json", was: undefined };
const run = (
  of: string,
  baseline: Baseline = noBaseline("1.1"),
  more: Partial<AuditInput> = nobody,
): Audit =>
  auditDraft({
    ...{ file: "d.md", text: of, draft, baseline, baselineFile: "b.json" },
    ...nobody,
    ...more,
  });

/** Everything accepted, as if somebody had read it. */
function acceptAll({ differences, sentences }: Audit): Baseline {
  const keys = differences.map(({ key }) => key).filter((key) => !key.startsWith("sentence:"));
  const ids = Object.fromEntries(sentences.map(({ sentence }) => [sentence.hash, []]));
  return {
    revision: "1.1",
    accepted: [{ reason: "read", keys }],
    sentences: [{ reason: "read", ids }],
  };
}

const first = run(text);
const accepted = acceptAll({
  ...first,
  // Whether ours is weaker is asked of the ids that a person names, and here none is named.
  differences: first.differences.filter(({ rule }) => rule !== "weaker-requirement"),
});
const allHeld = accept(first.passages, [], "read");
const facts = (kind: string): string[] =>
  (first.facts?.facts ?? [])
    .filter((fact) => fact.kind === kind)
    .map(({ name, types, required, evidence }) => {
      const forms = [...new Set(evidence.map(({ form }) => form))].join("+");
      const said = [
        types.join("|"),
        required === undefined ? "" : required ? "required" : "optional",
      ];
      return [name, ...said.filter((word) => word !== ""), forms].join(" ");
    });

describe("what a draft of another form says", () => {
  it("message types: from a table whose second column holds them, a sequence, JSON", () => {
    expect(facts("message")).toEqual([
      "session.hello table+trace",
      "session.welcome table+trace",
      "session.ping table+json",
      "job.submit table+trace+json+prose",
      "job.accepted table+json",
      "job.event table+trace",
      "job.result table+prose",
      "job.pause table",
      "job.cancel trace",
      "session.pong json",
    ]);
  });

  it("fields with types: from bold items, items in code, shapes in a table, sequences, all kinds of JSON", () => {
    expect(
      facts("field").filter((name) => !/^(?:Envelope|PeerInfo|Auth|session)/.test(name)),
    ).toEqual([
      "job.submit/agent string required trace+list+json",
      "job.submit/input object trace+json",
      "job.submit/priority integer optional trace+list",
      "job.event/kind trace",
      "job.event/body object trace",
      "status/phase trace",
      "job.cancel/job_id trace",
      "job.submit/max_runtime_sec integer list+json",
      "LeaseConstraints/expires_at string list+json",
      "job.accepted/job_id string json",
      "job.accepted/lease object json",
      "job.accepted/budget object json",
      "job.accepted/accepted_at integer json",
      "log/level list",
      "log/message list",
      "tool_result/call_id required list",
      "tool_result/result optional list",
      "tool_result/error optional list",
      "metric/name required list",
      "metric/value number required list",
      "metric/unit optional list",
      "metric/dimensions optional list",
      "checkpoint/label string required list",
      "checkpoint/bytes integer optional list",
      "progress/current required table",
      "progress/total optional table",
      "progress/units string|null optional table",
      "thought/text table",
      // Required where a condition holds is not required.
      "job.result/summary string list",
      "job.result/result_size integer required list",
      // Its section shows no object that has it, so nobody knows whose it is.
      "?/total optional prose",
    ]);
  });

  it("kinds, codes, features, namespaces, rules: from lists, HTML, prose, a broken table, grammars", () => {
    expect(facts("kind").map((name) => name.split(" ")[0])).toEqual([
      "status",
      "log",
      "tool_result",
      "metric",
      "checkpoint",
      "progress",
      "thought",
    ]);
    expect(facts("error")).toEqual([
      "PERMISSION_DENIED table",
      "JOB_NOT_FOUND table",
      "INVALID_REQUEST table",
      "UNAUTHENTICATED table",
      "QUOTA_EXCEEDED table",
      "AGENT_NOT_AVAILABLE prose",
      "QUEUE_FULL prose",
    ]);
    expect(facts("feature")).toEqual(["heartbeat prose", "checkpoints prose"]);
    expect(facts("namespace")).toEqual(["fs.read table", "gpu.use table"]);
    expect(facts("rule")).toEqual(["AgentRef grammar", "amount grammar", "Cursor grammar"]);
  });

  it("what it could not make sense of is listed, each at its place", () => {
    expect(first.facts?.silent.map(({ what, line, text }) => `${line} ${what} ${text}`)).toEqual([
      '98 html <img src="states.svg" alt="states">',
      '115 fence print("an implementation")',
      // It compares; it declares no field, though a name of one stands in it.
      "129 table property | resume | subscribe",
      "6 code { ... }",
      "48 code MAY",
      "120 code frobnicate",
    ]);
    expect(first.facts?.json.filter(({ problem }) => problem)).toMatchObject([
      { line: 68, problem: { line: 69 } },
    ]);
    expect(first.facts?.unevenRows).toEqual([83]);
  });
});

describe("the matrix", () => {
  const verdict = (kind: string, name: string) =>
    first.rows.find((row) => row.kind === kind && row.name === name)?.verdict;

  it("tells what is the same, differs, is only theirs, only ours, or not mentioned", () => {
    expect(verdict("message", "job.submit")).toBe("same");
    expect(verdict("message", "job.pause")).toBe("only-theirs");
    expect(verdict("field", "job.accepted/accepted_at")).toBe("differs");
    expect(verdict("field", "job.submit/idempotency_key")).toBe("only-ours");
    // Its object is never shown, and its table of codes holds less than half of ours.
    expect(verdict("field", "job.subscribe/history")).toBe("not-mentioned");
    expect(verdict("error", "BUDGET_EXHAUSTED")).toBe("not-mentioned");
    expect(verdict("rule", "AgentRef")).toBe("same");
    // A step shows what matters, so what it leaves out is not missing.
    expect(verdict("field", "session.hello/client")).toBe("same");
    expect(verdict("field", "session.hello/capabilities")).toBe("not-mentioned");
  });

  it("takes a rule for the same only if it reads the same, and lists the others beside ours", () => {
    const rule = (written: string) => {
      const audit = run(text.replace(/^amount .*$/m, () => written));
      const row = audit.rows.find(({ kind, name }) => kind === "rule" && name === "amount");
      return { audit, row };
    };
    for (const same of [
      'amount ::= currency ":" decimal',
      "amount ::= Currency ':'\n   DECIMAL ; what it costs",
    ]) {
      expect(rule(same).row).toMatchObject({ verdict: "same", differences: [] });
    }
    const { audit, row } = rule('amount ::= <whatever> | "0"');
    const words = '<whatever> | "0" there, Currency ":" Decimal here';
    expect(row).toMatchObject({ verdict: "by-name", differences: [words] });
    // Nobody decides whether two grammars mean the same: it is shown, and no difference.
    expect(audit.differences.filter(({ key }) => key.includes("rule:amount"))).toEqual([]);
    expect(formatAudit(audit, "text")).toContain(`amount  ${words}\n`);
  });

  it("keeps what a rule consists of, whether it is named before it is written or behind", () => {
    const [name, written] = [
      { form: "prose", line: 1 },
      { form: "grammar", line: 2 },
    ] as const;
    for (const order of [
      [name, written],
      [written, name],
    ]) {
      const store = createFactStore();
      for (const it of order)
        store.add("rule", "AgentRef", it, it === written ? { text: "a" } : {});
      store.add("rule", "AgentRef", { form: "grammar", line: 3 }, { text: "said again" });
      expect(store.all()).toMatchObject([{ name: "AgentRef", text: "a" }]);
    }
  });

  it("takes no rule for the same because prose names it", () => {
    const rule = (written: string) => {
      const named = `Named by an \`AgentRef\`:\n\n${written}`;
      const { rows } = run(text.replace(/```abnf\n(?:.*\n)*?```/, () => named));
      return rows.find(({ kind, name }) => kind === "rule" && name === "AgentRef");
    };
    const ours = 'AgentName [ "@" AgentVersion ]';
    expect(rule(`\`\`\`abnf\nAgentRef = ${ours}\n\`\`\``)).toMatchObject({ verdict: "same" });
    for (const [written, there] of [
      ["```abnf\nAgentRef = <anything>\n```", "<anything>"],
      ["", "only named"],
    ] as const) {
      const differences = [`${there} there, ${ours} here`];
      expect(rule(written)).toMatchObject({ verdict: "by-name", differences });
    }
  });

  it("compares types by what ours lets in, and what is required both ways", () => {
    const differences = (from: string, to: string, name: string) =>
      run(text.replace(from, to)).rows.find((row) => row.name === name)?.differences;
    expect(differences("value: number", "value: integer", "metric/value")).toEqual([]);
    expect(differences("value: number", "value: boolean", "metric/value")).toEqual([
      "boolean there, number here",
    ]);
    expect(
      differences("(integer, required): how", "(number, optional): how", "job.result/result_size"),
    ).toEqual(["number there, integer here"]);
    expect(differences("", "", "job.result/result_size")).toEqual([
      "REQUIRED there, not required by our schema",
    ]);
    expect(differences("(string, required)", "(string, optional)", "job.submit/agent")).toEqual([
      "OPTIONAL there, required by our schema",
    ]);
  });

  it("takes a whole table for whole, but not in a section that repeats another draft", () => {
    const codes = draft.errors.slice(1).map(({ code }) => `| ${code} | x |`);
    const table = `\n\n## Codes\n\n| Code | Meaning |\n| - | - |\n${codes.join("\n")}\n`;
    const of = (more: string) =>
      run(text + more).rows.find(
        ({ name }) => name === "INTERNAL_ERROR" || name === draft.errors[0]?.code,
      );
    const removed = run(`${text.replace(/<table>[^]*<\/table>/, "")}${table}`);
    const missing = removed.rows.find(({ name }) => name === draft.errors[0]?.code);
    expect([missing?.verdict, of(table)?.verdict]).toEqual(["only-ours", "same"]);
    const inherited = run(
      `${text.replace(/<table>[^]*<\/table>/, "")}${table.replace("Codes", "Codes\n\n(Unchanged.)")}`,
    );
    expect(inherited.rows.find(({ name }) => name === draft.errors[0]?.code)?.verdict).toBe(
      "not-mentioned",
    );
  });

  it("takes an object for shown in full only where its section is not another draft's", () => {
    const fence = '```json\n{ "type": "job.subscribe", "payload": { "job_id": "job_1" } }\n```\n';
    const of = (note: string) =>
      run(`${text}\n\n## Again\n\n${note}\n\n${fence}`).rows.find(
        ({ name }) => name === "job.subscribe/history",
      )?.verdict;
    expect([of("As follows:"), of("(Unchanged from v1.0.)")]).toEqual([
      "only-ours",
      "not-mentioned",
    ]);
  });
});

describe("examples in our validators", () => {
  const runOf = (line: number) => first.examples.find((example) => example.line === line);

  it("get what the envelope lacks, and are not judged where the draft leaves something open", () => {
    expect(runOf(50)).toMatchObject({
      of: "job.submit",
      outcome: "valid",
      filled: expect.arrayContaining(["arcp", "id", "session_id"]),
    });
    expect(runOf(64)).toMatchObject({ of: "session.ping", outcome: "valid" });
  });

  it("fail by pointer where they say something else than we do", () => {
    expect(runOf(54)).toMatchObject({
      of: "job.accepted",
      outcome: "invalid",
      failures: [{ pointer: "/payload/accepted_at", keyword: "type" }],
    });
  });

  it("of sequences are judged by what they show, not by what they leave out", () => {
    const steps = first.examples.filter(({ step }) => step);
    expect(steps.map(({ of, outcome }) => [of, outcome])).toEqual([
      ["session.hello", "valid"],
      ["session.welcome", "valid"],
      ["job.submit", "valid"],
      ["job.event", "valid"],
      ["job.cancel", "valid"],
    ]);
    const wrong = run(text.replace("resume_token=rt_1", "resume_token=7"));
    expect(wrong.examples.find(({ of, step }) => step && of === "session.welcome")).toMatchObject({
      outcome: "invalid",
      failures: [{ pointer: "/payload/resume_token" }],
    });
  });
});

describe("sentences beside requirements", () => {
  const verdictOf = (start: string) =>
    first.sentences.find(({ sentence }) => sentence.text.startsWith(start));

  it("are matched by what they share, with a score", () => {
    const found = verdictOf("An unknown agent is rejected");
    expect(found?.verdict).toBe("matched");
    expect(found?.matched[0]?.id).toBe("SUB-11");
    expect(found?.matched[0]?.score).toBeGreaterThan(0.42);
    expect(found?.matched[0]?.score).toBeLessThan(1);
  });

  it("are unmatched where nothing is near enough, and partly where they order more than is found", () => {
    const lone = verdictOf("It is RECOMMENDED to log.");
    expect([lone?.verdict, lone?.matched, lone?.near.length]).toEqual(["unmatched", [], 3]);
    const both = run(
      text.replace(
        "An unknown agent is rejected with",
        "An unknown agent MUST be rejected, and MUST NOT run, with",
      ),
    );
    expect(
      both.sentences.find(
        ({ sentence }) => sentence.keywords.length === 2 && sentence.text.startsWith("An unknown"),
      )?.verdict,
    ).toBe("partly");
  });
});

describe("a baseline", () => {
  it("that accepts everything leaves nothing", () => {
    const { differences, refusal } = run(text, accepted);
    expect([differences, refusal]).toEqual([[], undefined]);
  });

  // Each edit is a change that a revision might make; none may pass.
  it.each<readonly [string, string | RegExp, string, RegExp]>([
    [
      "a new message",
      "| 7 | `job.pause`",
      "| 7 | `job.resume` / `job.pause`",
      /^only-theirs:message:job\.resume$/,
    ],
    [
      "a new message in a sequence",
      "->>Runtime: job.cancel",
      "->>Runtime: job.poke",
      /^only-theirs:message:job\.poke$/,
    ],
    [
      "a new field in JSON",
      '"max_runtime_sec": 1_800',
      '"max_runtime_sec": 1_800, "tenant": "t"',
      /^only-theirs:field:job\.submit\/tenant$/,
    ],
    [
      "a new field in a list",
      "* **priority**",
      "* **tenant** (string): whose.\n* **priority**",
      /^only-theirs:field:job\.submit\/tenant$/,
    ],
    ["a new field in a shape", "{ text }", "{ text, mood? }", /^only-theirs:field:thought\/mood$/],
    [
      "another type of a field that we have",
      "**agent** (string",
      "**agent** (object",
      /^differs:field:job\.submit\/agent:object there, string here$/,
    ],
    [
      "a field that becomes optional",
      "(string, required)",
      "(string, optional)",
      /^differs:field:job\.submit\/agent:OPTIONAL there/,
    ],
    ["a field that goes", '"nonce": <any string>, ', "", /^only-ours:field:session\.ping\/nonce$/],
    [
      "a new kind",
      "- `checkpoint` —",
      "- `milestone` — reached. `body: { label }`\n- `checkpoint` —",
      /^only-theirs:kind:milestone$/,
    ],
    ["a new code in a table", "QUOTA_EXCEEDED", "QUOTA_GONE", /^only-theirs:error:QUOTA_GONE$/],
    ["a new code in prose", "QUEUE_FULL", "QUEUE_SLOW", /^only-theirs:error:QUEUE_SLOW$/],
    ["a new feature", "`checkpoints`", "`milestones`", /^only-theirs:feature:milestones$/],
    ["a new namespace", "| `gpu.use`", "| `tpu.use`", /^only-theirs:namespace:tpu\.use$/],
    ["a new rule", "Cursor   =", "Bookmark =", /^only-theirs:rule:Bookmark$/],
    [
      "an example that no longer fits",
      '"sent_at": "2026-11-23T20:00:00Z"',
      '"sent_at": 5',
      /^example:session\.ping:/,
    ],
    ["MUST for MUST NOT", "side MUST NOT", "side MUST", /^sentence:/],
    ["SHOULD for MUST", "A client MUST", "A client SHOULD", /^sentence:/],
    ["another number in a rule", "within a second", "within two seconds", /^sentence:/],
    ["another code in what is done", "`AGENT_NOT_AVAILABLE`", "`JOB_NOT_FOUND`", /^sentence:/],
    ["a rule that goes", "Every peer SHALL keep `trace_id`. ", "", /^stale:sentence /],
    ["a fence that says nothing", "print(", "exit(", /^silent:fence:/],
    ["a code span that says nothing", "`frobnicate`", "`defenestrate`", /^silent:code:/],
    ["JSON that is none", "this is [not JSON", "{ this & that }", /^unreadable:json:/],
    [
      "a step that cannot be read",
      "job.cancel { job_id: job_1",
      "job.cancel { job_id: & }",
      /^unreadable:step:/,
    ],
    ["a picture", "states.svg", "other.svg", /^silent:html:/],
    ["a picture for a word", "side MUST NOT", "side MUST ![NOT](x.png)", /^silent:html:/],
    ["a word that is hidden", "side MUST NOT", "side MUST <i hidden>NOT</i>", /^sentence:/],
  ])("lets %s through no more", (_, from, to, key) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const { differences } = run(changed, accepted);
    expect(differences.map((found) => found.key)).toContainEqual(expect.stringMatching(key));
  });

  it("survives another order and other white space", () => {
    const [head = "", ...parts] = text.split(/^(?=Submitting\n|What is reported\n|## 4)/m);
    const moved = [head, ...parts.toReversed()].join("\n\n\n");
    const { differences } = run(
      moved.replace("The runtime SHOULD answer", "The runtime\nSHOULD   answer"),
      accepted,
    );
    expect(differences).toEqual([]);
  });

  it("fails where it excuses what nobody needs", () => {
    const stale: Baseline = {
      revision: "1.1",
      accepted: [...accepted.accepted, { reason: "once", keys: ["only-theirs:message:job.gone"] }],
      sentences: [
        ...accepted.sentences,
        { reason: "once", ids: { "0123456789abcdef": ["NO-99"] } },
      ],
    };
    expect(
      run(text, stale).differences.map(({ key, rule, position }) => [rule, key, position.file]),
    ).toEqual([
      ["stale-baseline", "stale:only-theirs:message:job.gone", "b.json"],
      ["stale-baseline", "stale:sentence 0123456789abcdef", "b.json"],
      ["stale-baseline", "stale:NO-99, said to match 0123456789abcdef,", "b.json"],
    ]);
  });

  it("tells a sentence that is said no more by its words, where it has the draft that was accepted", () => {
    const changed = text.replace("MUST NOT, e.g. by a retry,", "MUST NOT");
    const was = { file: "old.md", text, held: allHeld };
    const told = run(changed, accepted, { was }).differences.filter(
      ({ rule }) => rule === "stale-baseline",
    );
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^sentence [0-9a-f]{16} does not stand in the draft any more: "Either side MUST NOT, e\.g\. by a retry, submit the same key twice\."; take it out of the baseline$/,
      ),
    ]);
    expect(run(text, accepted, { was: { file: "old.md", text: " ", held: allHeld } }).refusal).toBe(
      "old.md is empty; name the Markdown of the draft",
    );
  });

  it("reads words that every object of JavaScript has for words", () => {
    const named = text
      .replace("answer within a second", "answer its constructor within a second")
      .replace("Everything here is made up", "Everything &constructor; here is made up")
      .replace('"budget": {', '"constructor": 1, "toString": { "valueOf": 2 }, "budget": {');
    const { differences, passages } = run(named);
    const fresh = new Set(first.differences.map(({ key }) => key));
    expect(
      differences.flatMap(({ key }) => (fresh.has(key) ? [] : [key.replace(/\w{16}$/, "")])),
    ).toEqual([
      "only-theirs:field:job.accepted/constructor",
      "only-theirs:field:job.accepted/toString",
      "only-theirs:field:job.accepted/toString/valueOf",
      "example:job.accepted:",
      "sentence:",
    ]);
    expect(passages.map((passage) => passage.text).join(" ")).not.toContain("native code");
  });

  it("takes nothing but the draft that was accepted for it", () => {
    const flipped = text.replace("no such job", "no such work");
    const refusal = (was: string, of = flipped, held = allHeld) =>
      run(of, accepted, { held, was: { file: "old.md", text: was, held } }).refusal;
    const all = first.passages.length;
    expect(refusal(text)).toBeUndefined();
    expect(refusal(text, text)).toBeUndefined();
    // Somebody mended a word in it since, in which nothing changed.
    expect(refusal(text.replace("within a second", "in a second"))).toBeUndefined();
    const isNot = (has: number) =>
      `--was old.md is not the draft that was accepted: it has ${has} of the ${all} passages in p.json`;
    const instead =
      "; name the upstream draft that was accepted last for revision 1.1, or leave --was out";
    for (const of of [flipped, text])
      expect(refusal("# A README\n\nIt MUST help.\n", of)).toBe(`${isNot(0)}${instead}`);
    const half = text.slice(0, text.length / 2);
    expect(refusal(half)).toMatch(
      /^--was old\.md is not the draft .* it has \d+ of the 59 passages/,
    );
    // The new one named twice has nearly all of it, and none of the words that are asked for.
    expect(refusal(flipped)).toBe(
      `${isNot(all - 1)}, and none of those that the draft has not${instead}`,
    );
    expect(refusal(text, text, [])).toMatch(
      /^--was old\.md means nothing: of revision 1\.1 no passages were accepted yet; leave --was out/,
    );
  });

  it("does not let a sentence that was accepted hide what is around it", () => {
    const hash =
      first.sentences.find(({ sentence }) => sentence.text.includes("say where"))?.sentence.hash ??
      "";
    const held = accept(first.passages, [], "read");
    const [{ ids = {} } = {}] = accepted.sentences;
    const { [hash]: _, ...others } = ids;
    const keys = accepted.accepted.flatMap((entry) =>
      entry.keys.filter((key) => key !== "passages"),
    );
    const named = {
      ...accepted,
      accepted: [{ reason: "x", keys: [...keys, `sentence:${hash}`] }],
      sentences: [{ reason: "read", ids: others }],
    };
    const row = "<code>INVALID_REQUEST</code></td><td>";
    const differences = (of: string) =>
      run(of, named, { held }).differences.map(({ rule }) => rule);
    expect(differences(text)).toEqual([]);
    expect(differences(text.replace(row, "<code>INVALID_REQUEST</code>, always</td><td>"))).toEqual(
      ["changed-passage"],
    );
  });

  it("does not settle a MUST by a requirement that is weaker", () => {
    const must =
      first.sentences.find(({ sentence }) => sentence.keywords.includes("MUST NOT"))?.sentence
        .hash ?? "";
    const weak = draft.requirements.find(({ level }) => level === "SHOULD")?.id ?? "";
    const [{ ids = {} } = {}] = accepted.sentences;
    const named = { ...accepted, sentences: [{ reason: "read", ids: { ...ids, [must]: [weak] } }] };
    expect(run(text, named).differences.map(({ key }) => key)).toEqual([`weaker:${must}`]);
  });
});

describe("an exception of ours that a sentence has not", () => {
  const [excepting, plain] = [/\bunless\b/, /^The runtime MUST \w+ [^,]*$/].map((form) =>
    draft.requirements.find(({ sentence }) => form.test(sentence)),
  );
  const KEPT = "Every peer SHALL keep `trace_id`.";
  const told = (sentence: string, ...ids: readonly string[]) => {
    const of = text.replace(KEPT, sentence);
    const read = run(of).sentences.find(({ sentence: it }) => it.keywords.includes("SHALL"));
    const named = { reason: "read", ids: { [read?.sentence.hash ?? ""]: ids } };
    const audit = run(of, { ...noBaseline("1.1"), sentences: [named] });
    return { audit, exceptions: audit.sentences.flatMap(({ exceptions }) => exceptions) };
  };

  it("is shown, whatever a person decided, and is no difference", () => {
    const [id, other] = [excepting?.id ?? "", plain?.id ?? ""];
    const { audit, exceptions } = told(KEPT, id, other);
    expect(exceptions).toEqual([{ id, sentence: excepting?.sentence }]);
    expect(audit.differences.filter(({ message }) => message.includes("SHALL"))).toEqual([]);
    expect(formatAudit(audit, "text")).toContain(excepting?.sentence);
    expect(told(KEPT, other).exceptions).toEqual([]);
  });

  it("is none where the sentence has one too", () => {
    const id = excepting?.id ?? "";
    expect(told("Every peer SHALL keep `trace_id`, unless it is none.", id).exceptions).toEqual([]);
  });
});

describe("something else than a draft", () => {
  it.each([
    ["empty", " \n", "d.md is empty"],
    ["binary", "a\0b", "d.md is not text"],
    ["too large", "word\n\n".repeat(300_000), "d.md:1:1 the file is larger than 1048576 bytes"],
    [
      "too deep",
      `${"> ".repeat(500)}x`,
      "d.md:1:1 lists or quotations are nested more than 30 deep",
    ],
    [
      "a long table",
      `| a |\n| - |\n${"| b |\n".repeat(100_000)}`,
      "d.md:2001:1 a table, list or paragraph",
    ],
    [
      "a novel",
      "It was a dark and stormy night.\n\n".repeat(50),
      "too few facts to be a draft of this protocol: 0 message types of ours",
    ],
  ])("that is %s is refused", (_, other, refusal) => {
    const audit = run(other);
    expect(audit.refusal).toContain(refusal);
    expect(exitCode(audit)).toBe(2);
    expect(formatAudit(audit, "text")).toContain(`exit 2: ${refusal}`);
  });

  it.each([
    [
      "its sentences are gone",
      (of: string) =>
        of.replaceAll(/\b(?:MUST|SHOULD|MAY|SHALL|NOT|RECOMMENDED|rejected|returns)\b/g, "will"),
      "normative sentences",
    ],
    [
      "its codes are gone",
      (of: string) => of.replaceAll(/`[A-Z]+_[A-Z_]+`|<code>[A-Z_]+<\/code>/g, "x"),
      "error codes of ours",
    ],
    [
      "its messages are gone",
      (of: string) => of.replaceAll(/\b(job|session)\.(?=[a-z])/g, "$1 "),
      "message types of ours",
    ],
    [
      "its JSON cannot be read",
      (of: string) => of.replaceAll(/```jsonc?\n/g, "```json\n& "),
      "readable JSON blocks",
    ],
  ])("is suspected where %s: much less than there should be", (_, edit, words) => {
    const audit = run(edit(text));
    expect(audit.refusal).toContain(words);
    expect(audit.refusal).toMatch(/^too few facts to be a draft of this protocol: \d/);
  });
});

describe("the report", () => {
  it("shows in each of its tables what looks like something else for what it is", () => {
    const foreign = text
      .replace("SHOULD answer", "SHOULD \u0430nswer")
      .replace("Every peer SHALL", "Every p\u0435er SHALL")
      .replace("an implementation", "\u0456mplementation");
    const matched = run(foreign).sentences.find(({ sentence }) =>
      sentence.text.includes("p\u0435er"),
    );
    const read = matched && { reason: "read", ids: { [matched.sentence.hash]: [] } };
    const audit = run(foreign, { ...noBaseline("1.1"), sentences: read ? [read] : [] });
    for (const format of ["text", "markdown"] as const) {
      const report = formatAudit(audit, format);
      expect(report).not.toMatch(/\p{Script=Cyrillic}/u);
      for (const [letter, times] of [
        ["0430", 2],
        ["0435", 1],
        ["0456", 2],
      ] as const)
        expect(report.split(`\\u${letter}`), `${format} ${letter}`).toHaveLength(times + 1);
    }
  });

  it("is text, Markdown or JSON of one content", () => {
    const plain = formatAudit(first, "text");
    expect(plain).toContain(
      "\nRead\nwhat                                count\nJSON blocks                         4 of 5 (0 of them strict)\n",
    );
    expect(plain).toMatch(/\nexit 1: \d+ beyond the baseline \(0 accepted by the baseline\)\n$/);
    const markdown = formatAudit(first, "markdown");
    expect(markdown).toContain(
      "## Our model and theirs\n\n| fact | same | by-name | differs | only-theirs | only-ours | not-mentioned |\n| --- |",
    );
    const json = JSON.parse(formatAudit(first, "json")) as {
      exit: number;
      differences: unknown[];
      sentences: unknown[];
    };
    expect(json).toMatchObject({ exit: 1, revision: "1.1" });
    expect([json.differences.length, json.sentences.length]).toEqual([
      first.differences.length,
      first.sentences.length,
    ]);
  });
});
