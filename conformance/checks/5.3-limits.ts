/** Section 5.3: the limits that both sides can count on. */
import { Feature, Limits } from "../../generated/current/constants.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { listAll, member, R0, R2 } from "./support.js";

/** The limit that the runtime stated for this session, or that of the draft. */
export function limitOf(peer: Peer, name: string, usual: number): number {
  const stated = member(peer.welcome?.message.payload.limits, name);
  return typeof stated === "number" ? stated : usual;
}

/** A submit that is refused, `size` bytes long as it is sent. Returns its id. */
function sendSized(peer: Peer, size: number): string {
  const payload = { agent: "conformance.no-such-agent", pad: "" };
  const message = peer.compose("job.submit", payload, {});
  const bare = Buffer.byteLength(JSON.stringify(message));
  peer.sendText(
    JSON.stringify({ ...message, payload: { ...payload, pad: "x".repeat(size - bare) } }),
  );
  return String(message["id"]);
}

async function fits(t: Trial, peer: Peer, size: number): Promise<void> {
  const answer = await peer.reply(sendSized(peer, size), "job.accepted");
  t.refused(answer, "AGENT_NOT_AVAILABLE", `a submit of ${size} bytes`);
}

/** Checks of section 5.3. */
export const limitChecks = [
  check(
    {
      id: "runtime/5.3/frames-up-to-the-stated-limit",
      requirements: ["ENC-17"],
      level: "SHOULD",
      basis: "explicit",
      needs: R0,
      mutants: ["limits-overstated"],
    },
    async (t) => {
      const peer = await t.session();
      const limit = limitOf(peer, "max_frame_bytes", Limits.maxFrameBytes);
      await fits(t, peer, 4096);
      await fits(t, peer, limit);
      await peer.fence();
    },
  ),
  check(
    {
      id: "runtime/5.3/patterns-up-to-the-stated-limit",
      requirements: ["ENC-17"],
      level: "SHOULD",
      basis: "explicit",
      needs: R2,
      mutants: ["few-patterns"],
    },
    async (t) => {
      const peer = await t.session();
      const many = limitOf(peer, "max_lease_patterns", Limits.maxLeasePatterns);
      const long = limitOf(peer, "max_pattern_length", Limits.maxPatternLength);
      const patterns = Array.from({ length: many - 1 }, (_, i) => `/a/${i}`);
      // Names of files end at 255 bytes nearly everywhere.
      const longest = `${`/${"b".repeat(99)}`.repeat(Math.ceil(long / 100)).slice(0, long - 1)}b`;
      const payload = { lease_request: { "fs.read": [...patterns, longest] } };
      const id = peer.send("job.submit", t.program([{ op: "return" }], { payload }));
      // Each of them may be looked up in a file system before the answer.
      const job = t.accepted(peer, await peer.reply(id, "job.accepted", { within: 20_000 }));
      await job.terminal();
      const granted = member(job.accepted.message.payload.lease, "fs.read");
      t.ok(
        Array.isArray(granted) && granted.length === many,
        `a lease of ${many} patterns was cut`,
      );
    },
  ),
  check(
    {
      id: "runtime/5.3/list-up-to-the-stated-limit",
      requirements: ["ENC-17"],
      level: "SHOULD",
      basis: "explicit",
      needs: { ...R0, features: [Feature.ListJobs] },
      mutants: ["short-pages-only"],
    },
    async (t) => {
      const peer = await t.session();
      const limit = limitOf(peer, "list_page_max", Limits.listPageMax);
      await listAll(t, peer, { limit, filter: { agent: "conformance.no-such-agent" } });
    },
  ),
  check(
    {
      id: "runtime/5.3/beyond-a-bound-refused",
      requirements: ["ENC-26"],
      level: "MUST",
      basis: "W-47",
      needs: { ...R2, features: [Feature.ListJobs, Feature.Subscribe] },
      mutants: ["page-clamped", "key-cut", "number-rounded"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      // The bound is that of the schema: between a lower stated limit and it, a request breaks no rule.
      const beyond = (name: string, bound: number) =>
        Math.max(limitOf(peer, name, bound), bound) + 1;
      const length = beyond("max_idempotency_key_length", Limits.maxIdempotencyKeyLength);
      const limit = beyond("list_page_max", Limits.listPageMax);
      const program = t.program([{ op: "return" }]);
      const key = t.fresh("key").padEnd(length, "k");
      // Clamped, cut and rounded, each of these would be granted.
      const from = { job_id: job.id, history: true, from_event_seq: 2 ** 53 };
      for (const [type, payload, reply] of [
        ["session.list_jobs", { limit }, "session.jobs"],
        ["job.submit", { ...program, idempotency_key: key }, "job.accepted"],
        ["job.subscribe", from, "job.subscribed"],
      ] as const) {
        const answer = await peer.reply(peer.sendMalformed(type, payload), reply);
        t.refused(answer, "INVALID_REQUEST", `${type} with what is beyond its bound`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.3/oversized-event-refused",
      requirements: ["ENC-14"],
      level: "MUST",
      basis: "W-37",
      needs: R2,
      mutants: ["events-cut"],
    },
    async (t) => {
      const peer = await t.session();
      const emit = (pad: number) =>
        ({ op: "emit", kind: "x-vendor.conformance.large", body: { n: 1 }, pad }) as const;
      const twin = await t.succeed(peer, [emit(30_000), { op: "return" }]);
      t.equal(
        twin.bodies("x-vendor.conformance.large").map((body) => String(body.pad).length),
        [30_000],
        "size of an event that fits",
      );
      const job = await t.submit(peer, [emit(Limits.maxFrameBytes), { op: "return" }]);
      const end = await job.terminal();
      t.equal(job.events("x-vendor.conformance.large").length, 0, "events that fit in no message");
      t.equal(end.message.type, "job.error", "the end of an agent whose event was refused");
      await peer.fence();
    },
  ),
] as const;
