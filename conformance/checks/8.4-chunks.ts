/** Section 8.4: results that come in pieces. */
import { Feature, Limits } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import { check } from "../run/check.js";
import type { ScriptStep } from "../script.js";
import { R2, range } from "./support.js";

const chunks = { ...R2, features: [Feature.ResultChunk] } as const;

/** Text whose pieces break between characters of several bytes. */
const pieces = ["alpha ", "βήτα ", "😀😀 ", "omega"];
const written: readonly ScriptStep[] = pieces.map((data) => ({ op: "chunk", data }));

/** The streamed result of a job, put together as it came. */
export function assembled(job: Job): Buffer {
  const parts = job.bodies("result_chunk").map((body) => {
    const encoding = body.encoding === "base64" ? "base64" : "utf8";
    return Buffer.from(String(body.data), encoding);
  });
  return Buffer.concat(parts);
}

/** Checks of section 8.4. */
export const chunkChecks = [
  check(
    {
      id: "runtime/8.4/assembles",
      requirements: ["CHUNK-03", "CHUNK-04"],
      level: "MUST",
      basis: "explicit",
      needs: chunks,
      mutants: ["chunks-swapped", "chunk-numbers-from-one", "chunk-lost"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), written);
      const bodies = job.bodies("result_chunk");
      t.ok(bodies.length >= 1, "no result_chunk at all");
      const numbers = bodies.map((body) => body.chunk_seq);
      t.equal(numbers, range(0, bodies.length - 1), "chunk_seq");
      t.equal(assembled(job).toString(), pieces.join(""), "the assembled text");
      t.equal(new Set(bodies.map((body) => body.result_id)).size, 1, "number of result_ids");
    },
  ),
  check(
    {
      id: "runtime/8.4/bytes-survive",
      requirements: ["CHUNK-04", "CHUNK-02"],
      level: "MUST",
      basis: "explicit",
      needs: chunks,
      mutants: ["chunk-lost", "chunks-as-text"],
    },
    async (t) => {
      const bytes = Buffer.from(range(0, 255));
      const data = bytes.toString("base64");
      const step = { op: "chunk", data, encoding: "base64" } as const;
      const job = await t.succeed(await t.session(), [step, step]);
      t.equal(
        assembled(job).toString("hex"),
        bytes.toString("hex").repeat(2),
        "the assembled bytes",
      );
      for (const { result_id } of job.bodies("result_chunk")) {
        t.ok(typeof result_id === "string" && result_id !== "", "a chunk without result_id");
      }
    },
  ),
  check(
    {
      id: "runtime/8.4/last-has-no-more",
      requirements: ["CHUNK-07"],
      level: "MUST",
      basis: "explicit",
      needs: chunks,
      mutants: ["more-for-ever", "more-never"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), written);
      const more = job.bodies("result_chunk").map((body) => body.more);
      t.equal(
        more,
        more.map((_, i) => i < more.length - 1),
        "more",
      );
    },
  ),
  check(
    {
      id: "runtime/8.4/terminal-names-result",
      requirements: ["CHUNK-08"],
      level: "MUST",
      basis: "explicit",
      needs: chunks,
      mutants: ["terminal-without-result-id", "chunks-of-another-result"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), written);
      const { result_id } = job.end.message.payload;
      t.ok(typeof result_id === "string", "job.result has no result_id");
      t.equal(job.bodies("result_chunk")[0]?.result_id, result_id, "result_id of the chunks");
    },
  ),
  check(
    {
      id: "runtime/8.4/size-stated",
      requirements: ["CHUNK-09"],
      level: "MUST",
      basis: "W-25",
      needs: chunks,
      mutants: ["result-size-wrong"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), written);
      const size = Buffer.byteLength(pieces.join(""));
      t.equal(job.end.message.payload.result_size, size, "result_size in bytes");
    },
  ),
  check(
    {
      id: "runtime/8.4/never-inline-too",
      requirements: ["CHUNK-10"],
      level: "MUST",
      basis: "explicit",
      needs: chunks,
      mutants: ["inline-too"],
    },
    async (t) => {
      const peer = await t.session();
      const streamed = await t.succeed(peer, written);
      t.equal(streamed.end.message.payload.result ?? null, null, "result beside chunks");
      const inline = await t.succeed(peer, [{ op: "return", value: "x" }]);
      t.equal(inline.bodies("result_chunk"), [], "chunks beside an inline result");
      t.equal(inline.end.message.payload.result_id, undefined, "result_id of an inline result");
    },
  ),
  check(
    {
      id: "runtime/8.4/no-chunks-unless-negotiated",
      requirements: ["HELLO-12"],
      level: "MUST",
      basis: "explicit",
      needs: { ...chunks, connections: "apart" },
      mutants: ["offer-everything"],
    },
    async (t) => {
      const without = await t.submit(await t.session({ features: ["heartbeat"] }), written);
      await without.terminal();
      t.equal(without.bodies("result_chunk"), [], "chunks for a session without result_chunk");
      const twin = await t.succeed(await t.session(), written);
      t.ok(twin.bodies("result_chunk").length > 0, "no chunks for a session with result_chunk");
    },
  ),
  check(
    {
      id: "runtime/8.4/inline-unless-negotiated",
      requirements: ["HELLO-19"],
      level: "MUST",
      basis: "W-14",
      needs: chunks,
      mutants: ["offer-everything"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat"] });
      const job = await t.succeed(peer, written);
      t.equal(job.bodies("result_chunk"), [], "chunks for a session without result_chunk");
      t.equal(job.end.message.payload.result, pieces.join(""), "the assembled inline result");
    },
  ),
  check(
    {
      id: "runtime/8.4/too-large-for-inline",
      requirements: ["HELLO-20", "EVT-04"],
      level: "MUST",
      basis: "W-14",
      needs: chunks,
      mutants: ["offer-everything", "error-as-success"],
    },
    async (t) => {
      const peer = await t.session({ features: ["heartbeat"] });
      const big: readonly ScriptStep[] = range(1, 5).map(() => ({
        ...({ op: "chunk", data: "0123456789abcdef" } as const),
        repeat: 16 * 1024,
      }));
      const job = await t.submit(peer, big);
      const end = await job.terminal({ within: 10_000 });
      t.equal(end.message.type, "job.error", "the end of a job whose result does not fit");
      t.equal(end.message.payload.code, "INTERNAL_ERROR", "code");
      await t.succeed(peer, [{ op: "return" }]);
    },
  ),
  check(
    {
      id: "runtime/8.4/frames-keep-the-limit",
      requirements: ["CHUNK-14", "ENC-13", "SEC-28"],
      level: "MUST",
      basis: "W-37",
      needs: chunks,
      mutants: ["frames-inflated"],
    },
    async (t) => {
      // Control characters take six characters each once they are written as JSON.
      const data = "\u0001".repeat(64);
      const job = await t.succeed(await t.session(), [
        { op: "chunk", data, repeat: 4096 },
        { op: "chunk", data: "plain text ", repeat: 100_000 },
      ]);
      for (const { text } of job.frames()) {
        const size = Buffer.byteLength(text);
        t.ok(size <= Limits.maxFrameBytes, `a frame of ${size} bytes`);
      }
      t.equal(assembled(job).length, 64 * 4096 + 1_100_000, "size of the assembled result");
    },
  ),
  check(
    {
      id: "runtime/8.4/failure-in-the-middle",
      requirements: ["CHUNK-16"],
      level: "MUST",
      basis: "W-25",
      needs: chunks,
      mutants: ["error-as-success"],
    },
    async (t) => {
      const steps: readonly ScriptStep[] = [...written, { op: "throw", message: "broken" }];
      const job = await t.submit(await t.session(), steps);
      const end = await job.terminal();
      t.equal(end.message.type, "job.error", "the end of a job whose stream broke");
      t.equal(end.message.payload.final_status, "error", "final_status");
    },
  ),
] as const;
