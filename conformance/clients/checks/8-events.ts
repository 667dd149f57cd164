/** Section 8: events once and in order, terminals, results in one piece and in chunks. */
import { clientCheck } from "../check.js";
import type { FakeJob } from "../session.js";
import { isOf, type ClientTrial, type Scene } from "../trial.js";

/** Sends the chunks of a result, the last one with `more: false`. */
function chunks(
  job: FakeJob,
  result_id: string,
  ...parts: readonly [string, "utf8" | "base64"][]
): void {
  parts.forEach(([data, encoding], chunk_seq) => {
    const more = chunk_seq < parts.length - 1;
    job.event("result_chunk", { result_id, chunk_seq, data, encoding, more });
  });
}

async function withJob(t: ClientTrial): Promise<{ s: Scene; job: FakeJob }> {
  const s = await t.session();
  return { s, job: await s.job() };
}

/** Checks of section 8. */
export const eventChecks = [
  clientCheck(
    {
      id: "client/8.1/other-status-is-a-failure",
      requirements: ["EVT-05"],
      level: "MUST",
      basis: "W-36",
      mutants: ["result-is-success"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      job.succeed({ final_status: "error", result: "half of it" });
      t.ok((await s.ended(job))["status"] !== "success", "final_status error is told as a success");
      const good = await s.job();
      good.succeed();
      t.equal((await s.ended(good))["status"], "success", "status of a job that succeeds");
    },
  ),
  clientCheck(
    {
      id: "client/8.1/output-or-value",
      requirements: ["EVT-06"],
      level: "SHOULD",
      basis: "W-36",
      mutants: ["result-only"],
    },
    async (t) => {
      const s = await t.session();
      for (const name of ["result", "output", "value"]) {
        const job = await s.job();
        job.succeed({ [name]: { in: name } });
        t.equal((await s.ended(job))["result"], { in: name }, `result that stands in ${name}`);
      }
    },
  ),
  clientCheck(
    {
      id: "client/8.3/each-number-once",
      requirements: ["SEQ-05"],
      level: "MUST",
      basis: "explicit",
      mutants: ["delivers-duplicates"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      const [one, two, three] = [job.makeLog("one"), job.makeLog("two"), job.makeLog("three")];
      for (const each of [one, two, two, one, three]) s.session.deliver(each);
      await s.heard(job, "three");
      t.equal(s.messages(job), ["one", "two", "three"], "events told");
    },
  ),
  clientCheck(
    {
      id: "client/8.3/in-order",
      requirements: ["SEQ-05"],
      level: "MUST",
      basis: "explicit",
      mutants: ["gap-ignored"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      const all = [job.makeLog("one"), job.makeLog("two"), job.makeLog("three")];
      for (const each of [all[0]!, all[2]!, all[1]!]) s.session.deliver(each);
      // Whether it puts them in order by itself or comes back for them is its own affair.
      const back = s.back().then(({ peer, hello }) => {
        s.session.welcome(peer, hello);
        for (const each of all) s.session.deliver(each);
      });
      await Promise.race([s.heard(job, "three"), back]);
      await s.heard(job, "three");
      t.equal(s.messages(job), ["one", "two", "three"], "events told");
    },
  ),
  clientCheck(
    {
      id: "client/8.3/resumes-after-a-gap",
      requirements: ["SEQ-06"],
      level: "SHOULD",
      basis: "explicit",
      mutants: ["gap-ignored"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      const [one, two, three] = [job.makeLog("one"), job.makeLog("two"), job.makeLog("three")];
      s.session.deliver(one);
      s.session.deliver(three);
      const { peer, hello } = await s.back();
      const { resume } = hello.message.payload as { resume?: { last_event_seq?: unknown } };
      t.equal(resume?.last_event_seq, 1, "last_event_seq after numbers 1 and 3");
      s.session.welcome(peer, hello);
      s.session.deliver(two);
      s.session.deliver(three);
      await s.heard(job, "three");
      t.equal(s.messages(job), ["one", "two", "three"], "events told");
    },
  ),
  clientCheck(
    {
      id: "client/8.3/one-end",
      requirements: ["SEQ-05"],
      level: "MUST",
      basis: "derived",
      mutants: ["ends-twice"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      job.succeed({ result: "first" });
      await s.ended(job);
      // A runtime with a fault: a second end, with a number of its own, and an event behind it.
      job.succeed({ result: "second" });
      job.log("late");
      const other = await s.job();
      other.log("after");
      await s.heard(other, "after");
      await s.client.sync();
      const ends = s.client.news.filter((one) => isOf(one, job, "end"));
      t.equal(
        ends.map(({ result }) => result),
        ["first"],
        "ends told",
      );
    },
  ),
  clientCheck(
    {
      id: "client/8.4/assembles",
      requirements: ["CHUNK-11"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["result_chunk"] },
      mutants: ["last-chunk-only", "base64-undecoded"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      chunks(job, "r1", ["tides ", "utf8"], ["and é", "utf8"], [" moons", "utf8"]);
      job.succeed({ result_id: "r1", result_size: 18 });
      t.equal((await s.ended(job))["result"], "tides and é moons", "result of text chunks");
      const bytes = await s.job();
      chunks(bytes, "r2", ["AP8=", "base64"], ["gA==", "base64"]);
      bytes.succeed({ result_id: "r2", result_size: 3 });
      t.equal((await s.ended(bytes))["result"], { base64: "AP+A" }, "result of base64 chunks");
    },
  ),
  clientCheck(
    {
      id: "client/8.4/inline-without-result-id",
      requirements: ["CHUNK-12"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["result_chunk"] },
      mutants: ["prefers-chunks"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      chunks(job, "r1", ["from the chunks", "utf8"]);
      job.succeed({ result: "inline" });
      t.equal((await s.ended(job))["result"], "inline", "result of a terminal without result_id");
    },
  ),
  clientCheck(
    {
      id: "client/8.4/size-is-verified",
      requirements: ["CHUNK-13"],
      level: "SHOULD",
      basis: "W-25",
      needs: { features: ["result_chunk"] },
      mutants: ["size-unchecked"],
    },
    async (t) => {
      const { s, job } = await withJob(t);
      chunks(job, "r1", ["1234", "utf8"]);
      job.succeed({ result_id: "r1", result_size: 5 });
      t.ok((await s.ended(job))["status"] !== "success", "4 bytes of 5 are told as a success");
    },
  ),
  clientCheck(
    {
      id: "client/8.4/damaged-is-no-success",
      requirements: ["CHUNK-11"],
      level: "MUST",
      basis: "derived",
      needs: { features: ["result_chunk"] },
      mutants: ["chunks-as-they-come", "chunks-of-anybody"],
    },
    async (t) => {
      const s = await t.session();
      const chunk = { data: "ab", encoding: "utf8", more: true };
      const damaged = async (what: string, ids: string[], seqs: number[], right: string) => {
        const job = await s.job();
        seqs.forEach((chunk_seq, i) =>
          job.event("result_chunk", { ...chunk, result_id: ids[i], chunk_seq }),
        );
        job.succeed({ result_id: "r1" });
        const { status, result } = await s.ended(job);
        t.ok(
          status !== "success" || result === right,
          `${what}: told as ${JSON.stringify(result)}`,
        );
      };
      await damaged("a chunk is missing", ["r1", "r1"], [0, 2], "");
      await damaged("a chunk came twice", ["r1", "r1", "r1"], [0, 1, 1], "abab");
      await damaged("a chunk is of another result", ["r1", "r2"], [0, 1], "ab");
    },
  ),
] as const;
