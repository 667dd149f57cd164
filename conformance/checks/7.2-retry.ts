/** Section 7.2: what a session receives that repeats a key. */
import { Feature } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import { isTerminal, jobIdOf, type Frame } from "../peer/message.js";
import { check } from "../run/check.js";
import type { ScriptStep } from "../script.js";
import { keyed, repeat, said, say } from "./7.2-support.js";
import { assembled } from "./8.4-chunks.js";
import { newest, R2, range, seqs } from "./support.js";

const together = { ...R2, connections: "together" } as const;
const streamed = { ...together, features: [Feature.ResultChunk] } as const;

const written: readonly ScriptStep[] = [
  { op: "chunk", data: "alpha " },
  { op: "chunk", data: "omega" },
];

/** The payload of a job's end, which each copy of it repeats but for what names the request. */
function outcome({ message }: Frame): unknown {
  const { request_id: _, ...rest } = message.payload;
  return [message.type, rest];
}

/** The order of the chunks of a job. */
const chunkNumbers = (job: Job) => job.bodies("result_chunk").map((body) => body.chunk_seq);

/** Checks of sections 7.2 and 7.4, and of 6.2, about sessions that repeat a key. */
export const retryChecks = [
  check(
    {
      id: "runtime/7.2/events-of-a-running-job",
      requirements: ["IDEM-11"],
      level: "MUST",
      basis: "W-18",
      needs: together,
      mutants: [
        "retry-is-deaf",
        "retry-without-end",
        "retry-robs-the-owner",
        "retry-starts-again",
        "retry-keeps-numbers",
        "event-before-accepted",
        "key-ignored",
      ],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session()];
      const gate = t.fresh("gate");
      const options = keyed(t);
      const steps = [
        say("early"),
        { op: "gate", name: gate },
        ...[say("one"), say("two")],
        { op: "return", value: "done" },
      ] as const;
      const job = await t.submit(owner, steps, options);
      await job.event("log");
      const again = await repeat(t, other, job, steps, options);
      await t.succeed(owner, [{ op: "open", name: gate }]);
      const ends = [await job.terminal(), await again.terminal()];
      for (const peer of [owner, other]) await peer.settle();
      const late = said(again).filter((text) => text !== "early");
      t.equal(
        late,
        ["one", "two"],
        "events after the repeated submit, in the session that sent it",
      );
      t.equal(said(job), ["early", "one", "two"], "events in the session that submitted first");
      t.equal(outcome(ends[1]!), outcome(ends[0]!), "the end in the session that came later");
      t.equal(again.frames().filter(({ message }) => isTerminal(message)).length, 1, "its ends");
      t.equal(seqs(other), range(1, again.frames().length), "numbers in that session");
      const [first] = again.frames();
      t.ok(first!.index > again.accepted.index, "an event came before the answer");
    },
  ),
  check(
    {
      id: "runtime/7.2/retry-survives-a-resume",
      requirements: ["IDEM-11", "RES-11"],
      level: "MUST",
      basis: "W-18",
      needs: together,
      mutants: ["retry-lost-on-resume", "retry-without-end", "key-ignored"],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session()];
      const gate = t.fresh("gate");
      const options = keyed(t);
      const steps = [say("early"), { op: "gate", name: gate }, say("one")] as const;
      const job = await t.submit(owner, steps, options);
      await job.event("log");
      await repeat(t, other, job, steps, options);
      await other.settle();
      const seen = newest(other);
      other.cut();
      await t.succeed(owner, [{ op: "open", name: gate }]);
      await job.terminal();
      const again = job.on(await t.resume(other, seen));
      await again.terminal();
      t.equal(said(again), ["one"], "events made while the session was away");
      t.equal(seqs(again.peer), range(seen + 1, seen + 2), "numbers of the replay");
    },
  ),
  check(
    {
      id: "runtime/7.2/chunks-before-live",
      requirements: ["IDEM-12"],
      level: "MUST",
      basis: "W-18",
      needs: streamed,
      mutants: ["retry-gets-chunks-late", "retry-lacks-old-chunks", "key-ignored"],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session()];
      const [made, gate] = [t.fresh("gate"), t.fresh("gate")];
      const options = keyed(t);
      const steps: readonly ScriptStep[] = [
        { op: "chunk", data: "alpha " },
        { op: "chunk", data: "beta " },
        { op: "open", name: made },
        { op: "gate", name: gate },
        say("live"),
        { op: "chunk", data: "omega" },
      ];
      const job = await t.submit(owner, steps, options);
      await t.succeed(owner, [{ op: "gate", name: made }]);
      const again = await repeat(t, other, job, steps, options);
      // What the submitting session holds by now was made before the repeated submit.
      await owner.settle();
      const old = chunkNumbers(job).length;
      await t.succeed(owner, [{ op: "open", name: gate }]);
      await again.terminal();
      await other.settle();
      t.equal(assembled(again).toString(), "alpha beta omega", "the assembled result");
      const numbers = chunkNumbers(again);
      t.equal(numbers, range(0, numbers.length - 1), "chunk_seq");
      const live = again.events("log")[0]?.index ?? -1;
      const early = again.events("result_chunk").filter(({ index }) => index < live).length;
      t.ok(early >= old, `${early} chunks before the first live event, and ${old} were made`);
    },
  ),
  check(
    {
      id: "runtime/7.2/outcome-of-an-ended-job",
      requirements: ["IDEM-13"],
      level: "MUST",
      basis: "W-18",
      needs: together,
      mutants: ["retry-without-end", "retry-ends-otherwise", "retry-gets-end-twice", "key-ignored"],
    },
    async (t) => {
      const owner = await t.session();
      const programs: readonly (readonly ScriptStep[])[] = [
        [say("one"), { op: "return", value: { answer: 42 } }],
        [say("one"), { op: "throw", message: "no luck", code: "NO_LUCK", retryable: true }],
      ];
      for (const steps of programs) {
        const options = keyed(t);
        const job = await t.submit(owner, steps, options);
        const end = await job.terminal();
        const other = await t.session();
        const again = await repeat(t, other, job, steps, options);
        t.equal(outcome(await again.terminal()), outcome(end), "the end of the job, told again");
        await other.settle();
        const ends = again.frames().filter(({ message }) => isTerminal(message));
        t.equal(ends.length, 1, "ends of the job in that session");
        t.equal(again.frames().at(-1), ends[0], "the last message of the job: its end");
        t.equal(seqs(other), range(1, again.frames().length), "numbers in that session");
      }
    },
  ),
  check(
    {
      id: "runtime/7.2/chunks-of-an-ended-job",
      requirements: ["IDEM-13", "CHUNK-08"],
      level: "MUST",
      basis: "W-18",
      needs: streamed,
      mutants: ["retry-gets-chunks-late", "retry-lacks-old-chunks", "key-ignored"],
    },
    async (t) => {
      const options = keyed(t);
      const job = await t.succeed(await t.session(), written, options);
      const other = await t.session();
      const again = await repeat(t, other, job, written, options);
      const end = await again.terminal();
      await other.settle();
      t.equal(outcome(end), outcome(job.end), "the end of the job, told again");
      t.equal(assembled(again).toString(), "alpha omega", "the assembled result");
      t.equal(chunkNumbers(again), chunkNumbers(job), "chunk_seq");
      t.equal(again.frames().at(-1), end, "the last message of the job: its end");
    },
  ),
  check(
    {
      id: "runtime/7.2/own-session-gets-no-more",
      requirements: ["IDEM-14"],
      level: "MUST",
      basis: "W-18",
      needs: R2,
      mutants: ["repeat-replays", "repeat-without-end", "key-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const [made, gate] = [t.fresh("gate"), t.fresh("gate")];
      const options = keyed(t);
      const steps: readonly ScriptStep[] = [
        say("one"),
        { op: "chunk", data: "alpha " },
        { op: "open", name: made },
        { op: "gate", name: gate },
        { op: "chunk", data: "omega" },
      ];
      const job = await t.submit(peer, steps, options);
      await t.succeed(peer, [{ op: "gate", name: made }]);
      await repeat(t, peer, job, steps, options);
      await peer.settle();
      await t.succeed(peer, [{ op: "open", name: gate }]);
      const end = await job.terminal();
      await peer.settle();
      t.equal(said(job), ["one"], "events of a job whose key was repeated in its own session");
      const numbers = chunkNumbers(job);
      t.equal(numbers, range(0, numbers.length - 1), "chunk_seq");
      const after = peer.last;
      await repeat(t, peer, job, steps, options);
      const again = await job.terminal({ after });
      await peer.settle();
      const types = peer.collect((m) => jobIdOf(m) === job.id, after).map((f) => f.message.type);
      t.equal(types, ["job.accepted", end.message.type], "messages after the key of an ended job");
      t.equal(outcome(again), outcome(end), "the end of the job, told again");
      t.equal(seqs(peer), range(1, seqs(peer).length), "numbers of the session");
    },
  ),
  check(
    {
      id: "runtime/7.4/session-that-repeated-may",
      requirements: ["CANCEL-03"],
      level: "MUST",
      basis: "W-17",
      needs: together,
      mutants: ["retry-may-not-cancel", "retry-without-end", "key-ignored"],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session()];
      const options = keyed(t);
      const steps = [{ op: "await-cancel" }] as const;
      const job = await t.submit(owner, steps, options);
      const again = await repeat(t, other, job, steps, options);
      const answer = await again.cancel();
      t.equal(answer.message.type, "job.cancelled", "answer to the cancel");
      for (const one of [job, again]) {
        const { final_status } = (await one.terminal()).message.payload;
        t.equal(final_status, "cancelled", "final_status");
      }
      // The twin: the session that submitted it still may.
      const twin = await t.submit(owner, steps, keyed(t));
      t.equal((await twin.cancel()).message.type, "job.cancelled", "answer to the submitter");
    },
  ),
  check(
    {
      id: "runtime/6.2/retry-without-chunks",
      requirements: ["HELLO-21"],
      level: "MUST",
      basis: "W-14",
      needs: streamed,
      mutants: ["offer-everything", "retry-gets-id-alone", "key-ignored"],
    },
    async (t) => {
      const owner = await t.session();
      const [made, gate] = [t.fresh("gate"), t.fresh("gate")];
      const running: readonly ScriptStep[] = [
        { op: "chunk", data: "alpha " },
        { op: "open", name: made },
        { op: "gate", name: gate },
        { op: "chunk", data: "omega" },
      ];
      const plain = await t.session({ features: ["heartbeat"] });
      const insists = async (again: Job) => {
        const { type, payload } = (await again.terminal()).message;
        await plain.settle();
        t.equal(chunkNumbers(again), [], "chunks for a session without result_chunk");
        t.equal([type, payload.final_status], ["job.result", "success"], "the end of the job");
        t.equal(payload.result, "alpha omega", "the assembled inline result");
      };
      const options = keyed(t);
      const job = await t.submit(owner, running, options);
      await t.succeed(owner, [{ op: "gate", name: made }]);
      const early = await repeat(t, plain, job, running, options);
      await t.succeed(owner, [{ op: "open", name: gate }]);
      await insists(early);
      await job.terminal();
      t.equal(assembled(job).toString(), "alpha omega", "what the submitting session assembles");
      const others = keyed(t);
      const ended = await t.succeed(owner, written, others);
      await insists(await repeat(t, plain, ended, written, others));
    },
  ),
  check(
    {
      id: "runtime/6.2/retry-of-a-large-result",
      requirements: ["HELLO-21"],
      level: "MUST",
      basis: "W-14",
      needs: streamed,
      mutants: ["retry-too-large-fails", "offer-everything", "key-ignored"],
    },
    async (t) => {
      // More than fits in any message. §5.3
      const data = { op: "chunk", data: "0123456789abcdef", repeat: 16 * 1024 } as const;
      const steps: readonly ScriptStep[] = range(1, 5).map(() => data);
      const options = keyed(t);
      const job = await t.succeed(await t.session(), steps, options);
      const { result_id } = job.end.message.payload;
      const other = await t.session({ features: ["heartbeat"] });
      const again = await repeat(t, other, job, steps, options);
      const { type, payload } = (await again.terminal({ within: 10_000 })).message;
      await other.settle();
      t.equal(type, "job.result", "the end of a job whose result does not fit");
      t.equal(payload.result_id, result_id, "result_id");
      t.equal(payload.result ?? null, null, "result beside result_id");
      t.equal(chunkNumbers(again), [], "chunks for a session without result_chunk");
    },
  ),
] as const;
