/** Section 6.6: the list of jobs. */
import { Feature } from "../../generated/current/constants.js";
import { isNumbered } from "../peer/message.js";
import { check } from "../run/check.js";
import { scriptAgent } from "../script.js";
import { list, listAll, member, R0, R2, R2B, rows } from "./support.js";

const listing = { ...R2, features: [Feature.ListJobs] } as const;

/** Checks of section 6.6. */
export const listChecks = [
  check(
    {
      id: "runtime/6.6/answer-names-request",
      requirements: ["LIST-02", "SERR-13"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, features: [Feature.ListJobs] },
      mutants: ["no-request-id", "wrong-request-id", "jobs-twice"],
    },
    async (t) => {
      const peer = await t.session();
      const ids = [1, 2, 3].map(() => peer.send("session.list_jobs", { limit: 1 }));
      for (const id of ids) await peer.reply(id, "session.jobs");
      await peer.fence();
      const named = peer.collect("session.jobs").map(({ message }) => message.payload.request_id);
      t.equal(named.slice(0, 3), ids, "request_id of three answers");
      t.ok(
        named.filter((id) => ids.includes(String(id))).length === 3,
        "a request was answered twice",
      );
    },
  ),
  check(
    {
      id: "runtime/6.6/row-complete",
      requirements: ["LIST-01", "AGENT-11"],
      level: "MUST",
      basis: "explicit",
      needs: listing,
      mutants: ["rows-without-version", "rows-without-lease"],
    },
    async (t) => {
      const peer = await t.session();
      const lease = { "fs.read": ["/workspace/**"] };
      const options = { payload: { lease_request: lease } };
      const job = await t.submit(peer, [{ op: "await-cancel" }], options);
      const row = (await listAll(t, peer)).find((r) => r.job_id === job.id);
      t.ok(row !== undefined, "a running job is not listed");
      t.equal(row?.agent, `${scriptAgent}@2.0.0`, "agent");
      t.equal(row?.lease, member(job.accepted.message.payload, "lease"), "lease");
      t.equal(row?.status === "pending" ? "running" : row?.status, "running", "status");
      t.ok(!Number.isNaN(Date.parse(String(row?.created_at))), "created_at is no time");
      t.equal(row?.parent_job_id ?? null, null, "parent_job_id");
      await job.cancel();
    },
  ),
  check(
    {
      id: "runtime/6.6/submitted-at",
      requirements: ["LIST-14"],
      level: "MUST",
      basis: "W-31",
      needs: listing,
      mutants: ["rows-without-submitted-at"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      const row = (await listAll(t, peer)).find((r) => r.job_id === job.id);
      t.ok(!Number.isNaN(Date.parse(String(row?.submitted_at))), "submitted_at is no time");
    },
  ),
  check(
    {
      id: "runtime/6.6/finished-jobs-stay",
      requirements: ["LIST-08", "ACK-11"],
      level: "MUST",
      basis: "W-21",
      needs: listing,
      mutants: ["drop-finished-rows"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      const row = (await listAll(t, peer)).find((r) => r.job_id === job.id);
      t.ok(row !== undefined, "a finished job is not listed");
    },
  ),
  check(
    {
      id: "runtime/6.6/status-follows-the-job",
      requirements: ["LIFE-01"],
      level: "MUST",
      basis: "explicit",
      needs: listing,
      mutants: ["rows-always-running", "drop-finished-rows"],
    },
    async (t) => {
      const peer = await t.session();
      const ends = {
        success: await t.submit(peer, [{ op: "return" }]),
        error: await t.submit(peer, [{ op: "throw", message: "no" }]),
        cancelled: await t.submit(peer, [{ op: "await-cancel" }]),
      };
      await ends.cancelled.cancel();
      for (const job of Object.values(ends)) await job.terminal();
      const all = await listAll(t, peer);
      for (const [status, job] of Object.entries(ends)) {
        t.equal(all.find((r) => r.job_id === job.id)?.status, status, `status of job ${job.id}`);
      }
    },
  ),
  check(
    {
      id: "runtime/6.6/filter-by-status",
      requirements: ["LIST-03"],
      level: "MUST",
      basis: "explicit",
      needs: listing,
      mutants: ["ignore-filter", "filters-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const done = await t.succeed(peer, [{ op: "return" }]);
      const held = await t.submit(peer, [
        { op: "emit", kind: "log", body: { level: "info", message: "up" } },
        { op: "await-cancel" },
      ]);
      await held.event("log");
      const running = await listAll(t, peer, { filter: { status: ["running", "pending"] } });
      t.ok(
        running.some((r) => r.job_id === held.id),
        "the running job is missing",
      );
      t.ok(!running.some((r) => r.job_id === done.id), "a finished job passed the filter");
      const ended = await listAll(t, peer, { filter: { status: ["success"] } });
      t.ok(
        ended.some((r) => r.job_id === done.id),
        "the finished job is missing",
      );
      t.ok(!ended.some((r) => r.job_id === held.id), "a running job passed the filter");
      await held.cancel();
    },
  ),
  check(
    {
      id: "runtime/6.6/filter-by-agent",
      requirements: ["LIST-03", "LIST-09"],
      level: "MUST",
      basis: "W-21",
      needs: listing,
      mutants: ["ignore-filter", "agent-filter-exact"],
    },
    async (t) => {
      const peer = await t.session();
      const one = await t.succeed(peer, [{ op: "return" }], { agent: `${scriptAgent}@1.0.0` });
      const two = await t.succeed(peer, [{ op: "return" }], { agent: `${scriptAgent}@2.0.0` });
      const found = async (agent: string) => {
        const all = await listAll(t, peer, { filter: { agent } });
        return [one, two].map((job) => all.some((r) => r.job_id === job.id));
      };
      t.equal(await found(scriptAgent), [true, true], "both versions under the bare name");
      t.equal(await found(`${scriptAgent}@1.0.0`), [true, false], "one version under its own");
      t.equal(await found("conformance.no-such-agent"), [false, false], "nothing of another agent");
    },
  ),
  check(
    {
      id: "runtime/6.6/filter-by-time",
      requirements: ["LIST-03"],
      level: "MUST",
      basis: "explicit",
      needs: listing,
      mutants: ["ignore-filter", "filters-everything"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await t.succeed(peer, [{ op: "return" }]);
      const created = Date.parse(String(job.accepted.message.payload.accepted_at));
      const found = async (at: number) => {
        const created_after = new Date(at).toISOString();
        const all = await listAll(t, peer, { filter: { created_after } });
        return all.some((r) => r.job_id === job.id);
      };
      t.equal(await found(created - 60_000), true, "listed when created after a minute ago");
      t.equal(await found(created + 3_600_000), false, "listed when created after the next hour");
    },
  ),
  check(
    {
      id: "runtime/6.6/pages",
      requirements: ["LIST-10", "LIST-13"],
      level: "MUST",
      basis: "derived",
      needs: listing,
      mutants: ["ignore-limit", "cursor-restarts"],
    },
    async (t) => {
      const peer = await t.session();
      const mine: string[] = [];
      const since = new Date(Date.now() - 60_000).toISOString();
      for (let i = 0; i < 5; i++) mine.push((await t.succeed(peer, [{ op: "return" }])).id);
      const page = await list(t, peer, { limit: 2, filter: { created_after: since } });
      t.equal(rows(page).length, 2, "rows on a page of two");
      t.ok(typeof page.message.payload.next_cursor === "string", "no next_cursor on a full page");
      const ids: unknown[] = [];
      let cursor: unknown = null;
      for (let turn = 0; turn < 500; turn++) {
        const filter = { created_after: since };
        const answer = await list(t, peer, {
          limit: 2,
          filter,
          ...(cursor === null ? {} : { cursor }),
        });
        ids.push(...rows(answer).map((r) => r.job_id));
        cursor = answer.message.payload.next_cursor ?? null;
        if (cursor === null || mine.every((id) => ids.includes(id))) break;
      }
      t.equal(new Set(ids).size, ids.length, "number of different jobs over all pages");
      t.ok(
        mine.every((id) => ids.includes(id)),
        "a job is on no page",
      );
    },
  ),
  check(
    {
      id: "runtime/6.6/other-principals-jobs-hidden",
      requirements: ["LIST-04", "LIST-06", "AUTH-07", "SEC-12"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2B, features: [Feature.ListJobs], connections: "together" },
      mutants: ["leak-rows"],
    },
    async (t) => {
      const owner = await t.session();
      const job = await t.succeed(owner, [{ op: "return" }]);
      const other = await t.session({ as: "b" });
      t.ok(
        (await listAll(t, owner)).some((r) => r.job_id === job.id),
        "the owner does not see the job",
      );
      const seen = await listAll(t, other);
      t.ok(!seen.some((r) => r.job_id === job.id), "another principal sees the job");
    },
  ),
  check(
    {
      id: "runtime/6.6/cursor-bound-to-principal",
      requirements: ["LIST-11", "LIST-06"],
      level: "MUST",
      basis: "W-21",
      needs: { ...R2B, features: [Feature.ListJobs], connections: "together" },
      mutants: ["leak-rows"],
    },
    async (t) => {
      const owner = await t.session();
      const mine: unknown[] = [];
      for (let i = 0; i < 3; i++) mine.push((await t.succeed(owner, [{ op: "return" }])).id);
      const first = await list(t, owner, { limit: 1 });
      const cursor = first.message.payload.next_cursor;
      t.ok(typeof cursor === "string", "no next_cursor on a full page");
      const other = await t.session({ as: "b" });
      const answer = await other.request("session.list_jobs", { cursor }, "session.jobs");
      const leaked = rows(answer).filter((r) => mine.includes(r.job_id));
      t.equal(leaked.length, 0, "jobs of the owner behind a cursor in other hands");
      await other.fence();
    },
  ),
  check(
    {
      id: "runtime/6.6/listing-delivers-nothing",
      requirements: ["LIST-07"],
      level: "MUST",
      basis: "explicit",
      needs: { ...listing, connections: "together" },
      mutants: ["listing-subscribes"],
    },
    async (t) => {
      const owner = await t.session();
      const onlooker = await t.session();
      const gate = t.fresh("gate");
      const job = await t.submit(owner, [
        { op: "gate", name: gate },
        { op: "burst", count: 3 },
      ]);
      t.ok(
        (await listAll(t, onlooker)).some((r) => r.job_id === job.id),
        "the job is not listed",
      );
      await t.succeed(await t.session(), [{ op: "open", name: gate }]);
      await job.terminal();
      await onlooker.settle();
      t.equal(onlooker.collect(isNumbered).length, 0, "events at a session that only listed");
    },
  ),
  check(
    {
      id: "runtime/6.6/bad-cursor-refused",
      requirements: ["ENC-09"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, features: [Feature.ListJobs] },
      mutants: ["cursor-restarts", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      const answer = await peer.request("session.list_jobs", { cursor: "%%%" }, "session.jobs");
      t.refused(answer, "INVALID_REQUEST", "a cursor that nobody gave");
      await list(t, peer, { cursor: null });
    },
  ),
] as const;
