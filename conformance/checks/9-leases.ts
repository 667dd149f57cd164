/** Section 9: what a job may touch. The script agent asks and touches nothing. */
import { Feature, Limits } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { listAll, member, R2, range } from "./support.js";

type Lease = Readonly<Record<string, readonly string[]>>;

/** What became of each call of a job: `allowed`, or the code with which it was refused. */
export function outcomes(job: Job): Readonly<Record<string, string>> {
  const answers = job.bodies("tool_result").map(({ call_id, error }) => {
    const answer = error === undefined ? "allowed" : String(member(error, "code"));
    return [String(call_id), answer] as const;
  });
  return Object.fromEntries(answers);
}

/** Asks for every target under the lease, in one job; returns the code of each refusal, `allowed` otherwise. */
export async function ask(
  t: Trial,
  peer: Peer,
  lease: Lease | undefined,
  namespace: string,
  targets: readonly string[],
) {
  const steps: ScriptStep[] = targets.map((target, i) => ({
    ...({ op: "op", namespace, target } as const),
    call_id: `c${i}`,
  }));
  const payload = lease === undefined ? {} : { lease_request: lease };
  const job = await t.succeed(peer, [...steps, { op: "return", value: "went on" }], { payload });
  t.equal(job.end.message.payload.result, "went on", "result of the job");
  const answers = outcomes(job);
  return targets.map((target, i) => {
    const answer = answers[`c${i}`];
    t.ok(answer !== undefined, `no tool_result for ${target}`);
    return answer;
  });
}

/** Ends the check as not applicable where the runtime does not enforce the namespace, and says so at submit. */
export async function needsNamespace(t: Trial, peer: Peer, namespace: string, pattern: string) {
  const payload = { lease_request: { [namespace]: [pattern] } };
  const program = t.program([{ op: "return" }], { payload });
  const answer = await peer.request("job.submit", program, "job.accepted");
  if (answer.message.type === "job.accepted") return;
  t.refused(answer, "INVALID_REQUEST", `a lease with ${namespace}`);
  t.notApplicable(`does not serve the namespace ${namespace}, and says so`);
}

/** Insists on which targets are covered and which are denied. */
export async function decides(
  t: Trial,
  peer: Peer,
  namespace: string,
  patterns: readonly string[],
  covered: readonly string[],
  denied: readonly string[],
) {
  const answers = await ask(t, peer, { [namespace]: patterns }, namespace, [...covered, ...denied]);
  [...covered, ...denied].forEach((target, i) => {
    const expected = i < covered.length ? "allowed" : "PERMISSION_DENIED";
    t.equal(answers[i], expected, `${namespace} ${target} under ${patterns.join(", ")}`);
  });
}

/** Insists that a lease is refused at submit, and that its twin is not. */
export async function refusesLease(t: Trial, peer: Peer, bad: readonly Lease[], good: Lease) {
  for (const lease_request of bad) {
    const program = t.program([{ op: "return" }], { payload: { lease_request } });
    const answer = await peer.request("job.submit", program, "job.accepted");
    t.refused(answer, "INVALID_REQUEST", `the lease ${JSON.stringify(lease_request).slice(0, 80)}`);
  }
  await t.succeed(peer, [{ op: "return" }], { payload: { lease_request: good } });
}

/** Checks of section 9. */
export const leaseChecks = [
  check(
    {
      id: "runtime/9.3/covered-and-denied",
      requirements: ["LEASE-01", "LEASE-02", "ENF-01", "ENF-02"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything", "denies-everything", "denied-otherwise"],
    },
    async (t) => {
      const peer = await t.session();
      const files = ["/workspace/a", "/workspace/b/c"];
      await decides(t, peer, "fs.read", ["/workspace/**"], files, [
        "/etc/passwd",
        "/workspac",
        "/",
      ]);
    },
  ),
  check(
    {
      id: "runtime/9.3/denied-as-tool-result",
      requirements: ["ENF-07", "ENF-08"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["drop-tool-results", "denial-ends-job"],
    },
    async (t) => {
      const peer = await t.session();
      const denied = {
        op: "op",
        namespace: "fs.write",
        target: "/etc/passwd",
        call_id: "c1",
      } as const;
      const job = await t.succeed(peer, [denied, { op: "burst", count: 1 }, { op: "return" }]);
      const [body] = job.bodies("tool_result");
      t.equal(body?.call_id, "c1", "call_id of the refusal");
      t.equal(member(body?.error, "code"), "PERMISSION_DENIED", "code of the refusal");
      t.equal(member(body?.error, "retryable"), false, "retryable of the refusal");
      t.equal(job.bodies("log").length, 1, "events after the refusal");
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/9.1/nothing-without-lease",
      requirements: ["LEASE-01"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything"],
    },
    async (t) => {
      const peer = await t.session();
      t.equal(
        await ask(t, peer, undefined, "fs.read", ["/a"]),
        ["PERMISSION_DENIED"],
        "without lease_request",
      );
      const other = await ask(t, peer, { "fs.read": ["/**"] }, "fs.write", ["/a"]);
      t.equal(other, ["PERMISSION_DENIED"], "fs.write under a lease for fs.read");
      t.equal(
        await ask(t, peer, { "fs.read": ["/**"] }, "fs.read", ["/a"]),
        ["allowed"],
        "the twin",
      );
    },
  ),
  check(
    {
      id: "runtime/9.1/lease-stays",
      requirements: ["LEASE-04"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.ListJobs] },
      mutants: ["lease-widened-in-list", "rows-without-lease"],
    },
    async (t) => {
      const peer = await t.session();
      const lease_request = { "fs.read": ["/a/*"], "tool.call": ["search"] };
      const job = await t.succeed(peer, [{ op: "return" }], { payload: { lease_request } });
      const row = (await listAll(t, peer)).find((r) => r.job_id === job.id);
      t.equal(row?.lease, member(job.accepted.message.payload, "lease"), "lease in the list");
    },
  ),
  check(
    {
      id: "runtime/9.1/unknown-namespace-refused",
      requirements: ["LEASE-05"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const bad = ["gpu.use", "fs", "fs.read.more", "constructor"].map((n) => ({ [n]: ["a"] }));
      await refusesLease(t, peer, bad, { "fs.read": ["/a"] });
    },
  ),
  check(
    {
      id: "runtime/9.2/star-is-one-segment",
      requirements: ["GLOB-02"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      await decides(
        t,
        peer,
        "fs.read",
        ["/w/*/x", "/logs/*.txt"],
        ["/w/a/x", "/logs/a.txt"],
        ["/w/a/b/x", "/w/x", "/logs/a/b.txt", "/logs/a.txt.bak"],
      );
    },
  ),
  check(
    {
      id: "runtime/9.2/two-stars-any-segments",
      requirements: ["GLOB-03"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      await decides(
        t,
        peer,
        "fs.read",
        ["/w/**/x"],
        ["/w/x", "/w/a/x", "/w/a/b/c/x"],
        ["/w/a/y", "/w/ax", "/x", "/v/x"],
      );
    },
  ),
  check(
    {
      id: "runtime/9.2/anchored",
      requirements: ["GLOB-01"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      await decides(
        t,
        peer,
        "fs.read",
        ["/workspace/app"],
        ["/workspace/app"],
        ["/workspace/app2", "/workspace/app/x", "/tmp/workspace/app", "/workspace/ap"],
      );
      await decides(t, peer, "tool.call", ["search"], ["search"], ["search2", "research", "sear"]);
    },
  ),
  check(
    {
      id: "runtime/9.2/slash-in-every-namespace",
      requirements: ["GLOB-05"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const denied = ["mcp:github/a/b", "mcp:github", "mcp:gitlab/a", "queue/a"];
      const patterns = ["mcp:github/*", "queue.*"];
      await decides(t, peer, "tool.call", patterns, ["mcp:github/search", "queue.a.b"], denied);
    },
  ),
  check(
    {
      id: "runtime/9.2/paths-are-canonical",
      requirements: ["GLOB-09"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["allows-everything", "denies-everything"],
    },
    async (t) => {
      const peer = await t.session();
      await decides(
        t,
        peer,
        "fs.read",
        ["/workspace/**"],
        ["/workspace/a", "/workspace/./a", "/workspace/b/../a"],
        [
          "/workspace/../etc/passwd",
          "/workspace/a/../../etc/passwd",
          "/workspace/%2e%2e/etc/passwd",
          "/workspace/..%2fetc/passwd",
          "/workspace/..\\..\\etc\\passwd",
          "/workspace-evil/a",
          "/workspace/a\u0000/../../etc",
        ],
      );
    },
  ),
  check(
    {
      id: "runtime/9.2/partial-two-stars-refused",
      requirements: ["GLOB-04"],
      level: "MUST",
      basis: "W-39",
      needs: R2,
      mutants: ["lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const bad = ["/a/**b", "/a/b**", "/a/x**y/c"].map((p) => ({ "fs.read": [p] }));
      await refusesLease(t, peer, bad, { "fs.read": ["/a/**", "/b/**/c"] });
    },
  ),
  check(
    {
      id: "runtime/9.2/too-many-patterns-refused",
      requirements: ["GLOB-11"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["lease-stripped", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const many = (n: number) => ({ "fs.read": range(1, n).map((i) => `/f/${i}`) });
      const long = (n: number) => ({ "fs.read": [`/${"x".repeat(n - 1)}`] });
      const { maxLeasePatterns, maxPatternLength } = Limits;
      await refusesLease(
        t,
        peer,
        [many(maxLeasePatterns + 1), long(maxPatternLength + 1)],
        many(50),
      );
      await refusesLease(t, peer, [], long(200));
    },
  ),
  check(
    {
      id: "runtime/9.2/hostile-pattern-in-time",
      requirements: ["GLOB-02", "GLOB-03"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, connections: "apart" },
      mutants: ["drop-tool-results"],
    },
    async (t) => {
      const peer = await t.session();
      const bystander = await t.bystander();
      // Exponential for a matcher that backtracks, or that hands the pattern to a regular expression.
      const star = `/${"*a".repeat(30)}b`;
      const deep = `/${"**/a/".repeat(30)}b`;
      const targets = [`/${"a".repeat(200)}`, `/${"a/".repeat(100)}c`];
      const answers = await ask(t, peer, { "fs.read": [star, deep] }, "fs.read", targets);
      t.equal(answers, ["PERMISSION_DENIED", "PERMISSION_DENIED"], "targets that do not match");
      await bystander.fence();
    },
  ),
] as const;
