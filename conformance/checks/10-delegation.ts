/** Section 10: jobs that other jobs asked for. */
import { Feature } from "../../generated/current/constants.js";
import { isNumbered, jobIdOf } from "../peer/message.js";
import { check } from "../run/check.js";
import { scriptAgent } from "../script.js";
import { say, said } from "./7.2-support.js";
import { childOf, delegate, delegating, fates, leftOf, under } from "./10-support.js";
import { listAll, nothing, R2, R3, range, seqs } from "./support.js";

const BUDGET = { ...R2, features: [Feature.CostBudget] } as const;

/** Checks of section 10. */
export const delegationChecks = [
  check(
    {
      id: "runtime/10/child-is-announced",
      requirements: ["DEL-02", "DEL-04"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["child-not-announced", "child-without-delegation", "child-not-named"],
    },
    async (t) => {
      const peer = await delegating(t);
      const job = await t.succeed(
        peer,
        [delegate("one", { steps: [say("here")], lease: { "tool.call": ["a"] }, wait: true })],
        under({ "tool.call": ["*"] }),
      );
      const child = await childOf(job, "one");
      const { agent, lease, accepted_at } = child.accepted.message.payload;
      t.equal(agent, `${scriptAgent}@2.0.0`, "agent of the child");
      t.equal(lease, { "tool.call": ["a"] }, "lease of the child");
      t.ok(typeof accepted_at === "string", "the child's job.accepted has no accepted_at");
      const [told] = job.bodies("delegate");
      t.equal(told?.["delegate_id"], "one", "delegate_id of the delegate event");
      t.equal(told?.["child_job_id"], child.id, "child_job_id of the delegate event");
      await child.terminal();
      t.equal(said(child), ["here"], "what the child said");
      const first = child.frames()[0]!.index;
      t.ok(child.accepted.index < first, "the child spoke before it was accepted");
    },
  ),
  check(
    {
      id: "runtime/10/one-stream",
      requirements: ["DEL-10", "DEL-18"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["child-numbered-apart", "child-traced-apart"],
    },
    async (t) => {
      const peer = await delegating(t);
      const trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
      const steps = [say("a"), delegate("one", { steps: [say("b")], wait: true }), say("c")];
      const job = await t.succeed(peer, steps, { ...under({}), envelope: { trace_id } });
      const child = await childOf(job, "one");
      await child.terminal();
      const numbers = seqs(peer);
      t.equal(numbers, range(1, numbers.length), "numbers of parent and child");
      const traces = peer
        .collect((m) => isNumbered(m) && jobIdOf(m) === child.id)
        .map(({ message }) => message["trace_id"]);
      t.ok(traces.length > 1, "the child said nothing");
      t.equal([...new Set(traces)], [trace_id], "trace of the child");
    },
  ),
  check(
    {
      id: "runtime/10/refused-like-a-tool",
      requirements: ["DEL-05", "DEL-06", "DEL-07"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["drop-tool-results", "refusal-names-a-child", "refusal-as-session-error"],
    },
    async (t) => {
      const peer = await delegating(t);
      const after = peer.last;
      const job = await t.succeed(
        peer,
        [
          delegate("beyond", { lease: { "tool.call": ["*"] } }),
          delegate("nobody", { agent: `${scriptAgent}@9.9.9` }),
          delegate("good", { wait: true }),
          { op: "return", value: "went on" },
        ],
        under({}),
      );
      t.equal(job.end.message.payload["result"], "went on", "result of the parent");
      const codes = { beyond: "LEASE_SUBSET_VIOLATION", nobody: "AGENT_VERSION_NOT_AVAILABLE" };
      t.equal(fates(job), { ...codes, good: "made" }, "what came of the delegations");
      const named = job
        .bodies("delegate")
        .filter(({ child_job_id }) => child_job_id !== undefined)
        .map(({ delegate_id }) => delegate_id);
      t.equal(named, ["good"], "delegations that name a child");
      await nothing(t, peer, ({ type }) => type === "session.error", after, "a session.error");
    },
  ),
  check(
    {
      id: "runtime/10/needs-agent-delegate",
      requirements: ["DEL-08", "GLOB-10"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["delegation-never-refused", "versions-not-delegated"],
    },
    async (t) => {
      const peer = await delegating(t);
      const steps = [delegate("bare"), delegate("named", { agent: `${scriptAgent}@1.0.0` })];
      for (const [patterns, fate] of [
        [[scriptAgent], "made"],
        [["conformance.*"], "made"],
        [["another"], "PERMISSION_DENIED"],
        [undefined, "PERMISSION_DENIED"],
      ] as const) {
        const lease_request = patterns === undefined ? {} : { "agent.delegate": patterns };
        const job = await t.succeed(peer, steps, { payload: { lease_request } });
        t.equal(fates(job), { bare: fate, named: fate }, `delegating under ${patterns?.[0]}`);
      }
    },
  ),
  check(
    {
      id: "runtime/10/repeated-id-is-one-child",
      requirements: ["DEL-09"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["same-id-new-child"],
    },
    async (t) => {
      const peer = await delegating(t);
      const steps = [delegate("one", { steps: [say("once")] }), delegate("one", { wait: true })];
      const job = await t.succeed(peer, steps, under({}));
      await (await childOf(job, "one")).terminal();
      await peer.settle();
      const children = peer.collect(
        (m) => m.type === "job.accepted" && m.payload["parent_job_id"] === job.id,
      );
      t.equal(new Set(children.map(({ message }) => jobIdOf(message))).size, 1, "children");
      const named = job.bodies("delegate").map(({ child_job_id }) => child_job_id);
      t.equal(new Set(named).size, 1, "children that delegate events name");
    },
  ),
  check(
    {
      id: "runtime/10/shared-budget",
      requirements: ["DEL-12"],
      level: "MUST",
      basis: "W-22",
      needs: BUDGET,
      mutants: ["remaining-lost", "nothing-charged", "exhausted-goes-on"],
    },
    async (t) => {
      const peer = await delegating(t);
      const search = { op: "op", namespace: "tool.call", target: "search" } as const;
      const job = await t.succeed(
        peer,
        [
          delegate("one", {
            lease: { "tool.call": ["search"] },
            steps: [
              { op: "cost", value: 0.75, unit: "USD", call_id: "some" },
              { ...search, call_id: "left" },
              { op: "cost", value: 0.5, unit: "USD", call_id: "more" },
              { ...search, call_id: "spent" },
            ],
            wait: true,
          }),
          { ...search, call_id: "after" },
        ],
        under({ "tool.call": ["search"], "cost.budget": ["USD:1"] }),
      );
      const child = await childOf(job, "one");
      await child.terminal();
      t.equal(leftOf(job, "USD"), [0.25, -0.25], "what the parent has left");
      const answers = { left: "allowed", spent: "BUDGET_EXHAUSTED" };
      t.equal(fates(child), answers, "operations of the child");
      t.equal(fates(job)["after"], "BUDGET_EXHAUSTED", "an operation of the parent");
    },
  ),
  check(
    {
      id: "runtime/10/budget-set-aside",
      requirements: ["DEL-13", "DEL-14"],
      level: "MUST",
      basis: "W-22",
      needs: BUDGET,
      mutants: ["remaining-lost", "nothing-comes-back", "debts-forgiven"],
    },
    async (t) => {
      const peer = await delegating(t);
      const child = (id: string, value: number) =>
        delegate(id, {
          lease: { "cost.budget": ["USD:0.5"] },
          steps: [{ op: "cost", value, unit: "USD", call_id: "cost" }],
          wait: true,
        });
      const steps = [child("thrifty", 0.25), child("lavish", 0.625)];
      const job = await t.succeed(peer, steps, under({ "cost.budget": ["USD:1"] }));
      t.equal(leftOf(job, "USD"), [0.5, 0.75, 0.25, 0.125], "what the parent has left");
      const { budget } = (await childOf(job, "thrifty")).accepted.message.payload;
      t.equal(budget, { USD: 0.5 }, "budget of the child");
    },
  ),
  check(
    {
      id: "runtime/10/children-end-with-it",
      requirements: ["DEL-15"],
      level: "MUST",
      basis: "W-22",
      needs: R2,
      mutants: ["child-outlives-its-parent", "child-fails-with-its-parent"],
    },
    async (t) => {
      const peer = await delegating(t);
      const lease = { "agent.delegate": [scriptAgent] };
      const waits = { op: "gate", name: t.fresh("gate") } as const;
      const child = delegate("one", { lease, steps: [delegate("two", { steps: [waits] }), waits] });
      const ends = {
        result: { op: "return" },
        error: { op: "throw", message: "no more" },
        cancel: waits,
      } as const;
      for (const [how, last] of Object.entries(ends)) {
        const go = t.fresh("gate");
        const job = await t.submit(peer, [child, { op: "gate", name: go }, last], under({}));
        const one = await childOf(job, "one");
        const two = await childOf(one, "two");
        await t.succeed(peer, [{ op: "open", name: go }]);
        if (how === "cancel") await job.cancel();
        for (const { message } of [await one.terminal(), await two.terminal()]) {
          const { code, final_status } = message.payload;
          t.equal([code, final_status], ["CANCELLED", "cancelled"], `a child after the ${how}`);
        }
        await job.terminal();
      }
    },
  ),
  check(
    {
      id: "runtime/10/submit-names-parent",
      requirements: ["DEL-16", "DEL-17"],
      level: "MUST",
      basis: "W-22",
      needs: { rung: "R2", second: true, connections: "together" },
      mutants: ["parent-ignored", "parent-refused-otherwise"],
    },
    async (t) => {
      const peer = await delegating(t);
      const gate = t.fresh("gate");
      const job = await t.submit(peer, [{ op: "gate", name: gate }], under({ "tool.call": ["a"] }));
      const ask = (asker: typeof peer, parent_job_id: string, tool = "a") =>
        asker.request(
          "job.submit",
          t.program([], { payload: { parent_job_id, lease_request: { "tool.call": [tool] } } }),
          "job.accepted",
        );
      const child = t.accepted(peer, await ask(peer, job.id));
      t.equal(child.accepted.message.payload["parent_job_id"], job.id, "parent of the child");
      await child.terminal();
      t.refused(await ask(peer, job.id, "b"), "LEASE_SUBSET_VIOLATION", "a child with too much");
      const other = await t.session({ as: "b" });
      t.refused(await ask(other, job.id), "JOB_NOT_FOUND", "a child of a foreign job");
      t.refused(await ask(peer, "job_none"), "JOB_NOT_FOUND", "a child of no job");
      await t.succeed(peer, [{ op: "open", name: gate }]);
      await job.terminal();
      t.refused(await ask(peer, job.id), "JOB_NOT_FOUND", "a child of a job that has ended");
    },
  ),
  check(
    {
      id: "runtime/10/bounded",
      requirements: ["DEL-21"],
      level: "SHOULD",
      basis: "explicit",
      needs: R2,
      mutants: ["delegation-never-refused"],
      deadlineMs: 60_000,
    },
    async (t) => {
      const peer = await delegating(t);
      const lease = { "agent.delegate": [scriptAgent] };
      // Each level takes three of the levels that a frame may nest.
      let deep = delegate("d16");
      for (const level of range(1, 15).reverse()) {
        deep = delegate(`d${level}`, { lease, steps: [deep], wait: true });
      }
      const job = await t.submit(peer, [deep], under({}));
      await job.terminal();
      await peer.settle();
      const refused = peer.collect(
        ({ type, payload }) => type === "job.event" && payload["kind"] === "tool_result",
      );
      t.ok(refused.length > 0, "sixteen jobs, each delegated by the one before, and no refusal");
      const waits = { op: "gate", name: t.fresh("gate") } as const;
      const many = range(1, 257).map((at) => delegate(`w${at}`, { steps: [waits] }));
      const wide = await t.succeed(peer, many, under({}));
      const made = Object.values(fates(wide)).filter((fate) => fate === "made");
      t.ok(made.length < many.length, `one job delegated to ${many.length} at the same time`);
    },
  ),
  check(
    {
      id: "runtime/10/no-orphan-after-kill",
      requirements: ["DEL-03"],
      level: "MUST",
      basis: "W-22",
      needs: R3,
      mutants: ["orphans-at-restart", "newest-job-lost-at-restart"],
      deadlineMs: 60_000,
    },
    async (t) => {
      await t.start();
      const peer = await delegating(t);
      const waits = { op: "gate", name: t.fresh("gate") } as const;
      const steps = [...range(1, 3).map((at) => delegate(`d${at}`, { steps: [waits] })), waits];
      const job = await t.submit(peer, steps, under({}));
      await job.event("delegate", ({ delegate_id }) => delegate_id === "d3");
      await t.kill();
      const told = job.bodies("delegate").map(({ child_job_id }) => child_job_id);
      await t.restart();
      const listed = await listAll(t, await t.session());
      const rows = listed.filter((row) => row["parent_job_id"] === job.id);
      const lost = told.filter((id) => !rows.some((row) => row["job_id"] === id));
      t.equal(lost, [], "children that were told before the kill and are not listed after it");
      const living = rows.filter(({ status }) => status === "pending" || status === "running");
      t.equal(living, [], "children that live on after their parent");
    },
  ),
] as const;
