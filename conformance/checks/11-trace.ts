/** Section 11: the trace of a job. */
import { jobIdOf } from "../peer/message.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { R2 } from "./support.js";

const form = /^(?!0{32})[0-9a-f]{32}$/;
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const returns = [{ op: "burst", count: 1 }, { op: "return" }] as const;

/** The trace that the runtime gives a job which was submitted with this `trace_id`. */
async function traceOf(t: Trial, traceId?: string) {
  const peer = await t.session();
  const envelope = traceId === undefined ? {} : { trace_id: traceId };
  const job = await t.succeed(peer, returns, { envelope, malformed: true });
  return { peer, job, stated: job.accepted.message.payload.trace_id };
}

/** Checks of section 11. */
export const traceChecks = [
  check(
    {
      id: "runtime/11/generated",
      requirements: ["TRACE-02", "TRACE-03"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "apart" },
      mutants: ["accepted-without-trace", "one-trace-for-all"],
    },
    async (t) => {
      const [a, b] = [await traceOf(t), await traceOf(t)];
      t.ok(typeof a.stated === "string" && a.stated !== "", "no trace_id in job.accepted");
      t.ok(a.stated !== b.stated, "two jobs were given the same trace");
    },
  ),
  check(
    {
      id: "runtime/11/form",
      requirements: ["ENV-12"],
      level: "MUST",
      basis: "W-04",
      needs: R2,
      mutants: ["traces-in-capitals"],
    },
    async (t) => {
      const { peer, stated } = await traceOf(t);
      t.ok(form.test(String(stated)), `trace_id ${String(stated)} is not 32 hexadecimal digits`);
      for (const { message } of peer.frames) {
        const ok = message.trace_id === undefined || form.test(String(message.trace_id));
        t.ok(ok, `trace_id ${String(message.trace_id)} on ${message.type}`);
      }
    },
  ),
  check(
    {
      id: "runtime/11/echoed",
      requirements: ["TRACE-03"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["trace-ignored", "accepted-without-trace"],
    },
    async (t) => {
      t.equal((await traceOf(t, trace)).stated, trace, "trace_id in job.accepted");
    },
  ),
  check(
    {
      id: "runtime/11/on-every-message",
      requirements: ["TRACE-04"],
      level: "MUST",
      basis: "W-04",
      needs: R2,
      mutants: ["trace-ignored", "events-without-trace"],
    },
    async (t) => {
      const { peer, job } = await traceOf(t, trace);
      for (const { message } of peer.collect((m) => jobIdOf(m) === job.id)) {
        t.equal(message.trace_id, trace, `trace_id of ${message.type}`);
      }
    },
  ),
  check(
    {
      id: "runtime/11/traceparent",
      requirements: ["ENV-13"],
      level: "MUST",
      basis: "W-04",
      needs: R2,
      mutants: ["trace-ignored", "odd-traces-refused"],
    },
    async (t) => {
      const { stated } = await traceOf(t, `00-${trace}-00f067aa0ba902b7-01`);
      t.equal(stated, trace, "trace_id of a submit that bore a traceparent");
    },
  ),
  check(
    {
      id: "runtime/11/other-forms-absent",
      requirements: ["ENV-14"],
      level: "MUST",
      basis: "W-04",
      needs: { ...R2, connections: "apart" },
      mutants: ["odd-traces-refused"],
    },
    async (t) => {
      for (const odd of ["nonsense", "0".repeat(32), trace.slice(1), trace.toUpperCase(), ""]) {
        const { stated } = await traceOf(t, odd);
        t.ok(form.test(String(stated)), `no trace was made for ${JSON.stringify(odd)}`);
        t.ok(stated !== odd, "an ill-formed trace was taken over");
      }
    },
  ),
] as const;
