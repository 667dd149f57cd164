/** Section 4.2: how messages travel on the standard streams of a child. */
import { Feature, Limits } from "../../generated/current/constants.js";
import { unreadable } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { assembled } from "./8.4-chunks.js";
import { member, R0, R2 } from "./support.js";

const stdio = { carrier: "stdio" } as const;
const unknownAgent = { agent: "conformance.no-such-agent" } as const;

/** Insists that everything that came is a message. */
function messagesOnly(t: Trial, peer: Peer): void {
  for (const { binary, text, message } of peer.frames) {
    t.ok(!binary, "a line that is not UTF-8");
    t.ok(message.type !== unreadable, `not one JSON object: ${text.slice(0, 100)}`);
  }
}

/** Writes bytes to the child as they stand, and waits until they are on their way. */
function write(t: Trial, peer: Peer, bytes: Uint8Array | string): Promise<void> {
  const { raw } = peer;
  if (raw === undefined) return t.inconclusive("there is no stream to write to");
  return new Promise((resolve) => raw.write(bytes, () => setImmediate(resolve)));
}

/** The line of a submit that is refused, and its id. */
function refusable(peer: Peer, more: Readonly<Record<string, unknown>> = {}) {
  const message = peer.compose("job.submit", { ...unknownAgent, ...more }, {});
  return { id: String(message["id"]), line: JSON.stringify(message) };
}

/** Checks of section 4.2. */
export const stdioChecks = [
  check(
    {
      id: "runtime/4.2/one-line-each",
      requirements: ["TRN-01", "TRN-09", "TRN-10", "ENC-01"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, ...stdio },
      mutants: ["lines-broken", "two-on-one-line"],
    },
    async (t) => {
      const peer = await t.session();
      const value = "two\nlines,\r\nand \u2028 more";
      const body = { level: "info", message: value };
      const steps = [
        { op: "emit", kind: "log", body },
        { op: "return", value },
      ] as const;
      const job = await t.succeed(peer, steps);
      await peer.fence();
      messagesOnly(t, peer);
      t.equal(job.bodies("log"), [body], "a text with line breaks in an event");
      t.equal(job.end.message.payload.result, value, "a text with line breaks as the result");
    },
  ),
  check(
    {
      id: "runtime/4.2/lines-are-utf8",
      requirements: ["TRN-11"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R2, ...stdio },
      mutants: ["lines-in-latin-1"],
    },
    async (t) => {
      const peer = await t.session();
      const value = "é ÿ 日本語 😀";
      const job = await t.succeed(peer, [{ op: "return", value }]);
      messagesOnly(t, peer);
      t.equal(job.end.message.payload.result, value, "a text that went in and came out");
    },
  ),
  check(
    {
      id: "runtime/4.2/nothing-but-messages",
      requirements: ["TRN-12"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R2, ...stdio },
      mutants: ["prints-on-output", "greets"],
    },
    async (t) => {
      const peer = await t.session();
      const body = { level: "info", message: "printed" };
      const job = await t.succeed(peer, [
        { op: "print", text: "a stray line" },
        { op: "emit", kind: "log", body },
        { op: "print", text: '{"looks":"like JSON"}' },
        { op: "burst", count: 1 },
      ]);
      await peer.fence();
      messagesOnly(t, peer);
      t.equal(job.events().length, 2, "events of an agent that prints");
    },
  ),
  check(
    {
      id: "runtime/4.2/blank-lines-ignored",
      requirements: ["TRN-13"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R0, ...stdio },
      mutants: ["blank-lines-refused"],
    },
    async (t) => {
      const peer = await t.session();
      for (const line of ["", "", "   ", "\t", "\r"]) peer.sendText(line);
      await peer.fence();
      t.equal(peer.collect("session.error").length, 0, "answers to blank lines");
      // The twin: a line that is not blank and no message is answered.
      const after = peer.last;
      peer.sendText("nonsense");
      t.refused(
        await peer.expect("session.error", { after }),
        "INVALID_REQUEST",
        "a line of words",
      );
    },
  ),
  check(
    {
      id: "runtime/4.2/carriage-returns-are-white-space",
      requirements: ["TRN-09", "ENC-01"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, ...stdio },
      mutants: ["carriage-returns-refused"],
    },
    async (t) => {
      const peer = await t.session();
      const { id, line } = refusable(peer);
      peer.sendText(`${line}\r`);
      const answer = await peer.reply(id, "job.accepted");
      t.refused(answer, "AGENT_NOT_AVAILABLE", "a submit on a line that ends with CR LF");
    },
  ),
  check(
    {
      id: "runtime/4.2/long-line-refused",
      requirements: ["TRN-14", "TRN-19"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R0, ...stdio },
      mutants: ["takes-any-length", "swallow-large"],
    },
    async (t) => {
      const peer = await t.session();
      const stated = member(peer.welcome?.message.payload.limits, "max_frame_bytes");
      const limit = typeof stated === "number" ? stated : Limits.maxFrameBytes;
      const short = refusable(peer, { pad: "x".repeat(Math.floor(limit / 2)) });
      peer.sendText(short.line);
      const twin = await peer.reply(short.id, "job.accepted");
      t.refused(twin, "AGENT_NOT_AVAILABLE", "a submit of half the limit");
      const after = peer.last;
      peer.sendText(refusable(peer, { pad: "x".repeat(limit + 1024) }).line);
      await peer.expectClose();
      t.equal(peer.collect("job.accepted", after).length, 0, "jobs of a line above the limit");
    },
  ),
  check(
    {
      id: "runtime/4.2/other-encoding-ends-it",
      requirements: ["TRN-11", "TRN-19"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R0, ...stdio },
      mutants: ["reads-any-bytes"],
    },
    async (t) => {
      const peer = await t.session();
      const twin = refusable(peer, { pad: "é" });
      peer.sendText(twin.line);
      const answer = await peer.reply(twin.id, "job.accepted");
      t.refused(answer, "AGENT_NOT_AVAILABLE", "a submit with a letter of two bytes");
      peer.sendBytes(Buffer.from(refusable(peer, { pad: "é" }).line, "latin1"), "text");
      await peer.expectClose();
    },
  ),
  check(
    {
      id: "runtime/4.2/unfinished-line-is-none",
      requirements: ["TRN-20"],
      level: "MUST",
      basis: "W-28",
      needs: { ...R0, ...stdio },
      mutants: ["last-line-counts"],
    },
    async (t) => {
      const peer = await t.session();
      const whole = refusable(peer);
      await write(t, peer, `${whole.line}\n`);
      await peer.reply(whole.id, "job.accepted");
      const cut = refusable(peer);
      const after = peer.last;
      await write(t, peer, cut.line);
      peer.close();
      await peer.expectClose();
      const answers = peer.collect(["session.error", "job.accepted"], after);
      t.equal(answers.length, 0, "answers to a line that was never ended");
    },
  ),
  check(
    {
      id: "runtime/4.2/lines-stay-short",
      requirements: ["TRN-15"],
      level: "SHOULD",
      basis: "W-28",
      needs: { ...R2, ...stdio, features: [Feature.ResultChunk] },
      mutants: ["frames-inflated"],
    },
    async (t) => {
      const peer = await t.session();
      // Control characters take six characters each once they are written as JSON.
      const job = await t.succeed(peer, [
        { op: "chunk", data: "plain text ", repeat: 20_000 },
        { op: "chunk", data: "\u0001".repeat(64), repeat: 512 },
      ]);
      for (const { text } of peer.frames) {
        const size = Buffer.byteLength(text);
        t.ok(size <= Limits.stdioFrameBytes, `a line of ${size} bytes`);
      }
      t.equal(assembled(job).length, 220_000 + 64 * 512, "size of the assembled result");
    },
  ),
  check(
    {
      id: "runtime/4.2/end-of-input-ends-it",
      requirements: ["TRN-16", "TRN-21"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, ...stdio },
      mutants: ["deaf-to-the-end"],
    },
    async (t) => {
      const peer = await t.session();
      await peer.fence();
      peer.close();
      // With its input gone nobody can reach it any more: a process that stays is left behind for ever.
      const { reason } = await peer.expectClose();
      t.should(reason === "exited with 0", `a runtime whose input has ended ${reason}`);
    },
  ),
  check(
    {
      id: "runtime/4.2/any-pieces",
      requirements: ["TRN-09", "TRN-11"],
      level: "MUST",
      basis: "derived",
      needs: { ...R2, ...stdio },
      mutants: ["decodes-piece-by-piece"],
    },
    async (t) => {
      const peer = await t.session();
      const value = "é日😀";
      const message = peer.compose("job.submit", t.program([{ op: "return", value }]), {});
      for (const byte of Buffer.from(`${JSON.stringify(message)}\n`)) {
        await write(t, peer, Uint8Array.of(byte));
      }
      const job = t.accepted(peer, await peer.reply(String(message["id"]), "job.accepted"));
      const { type, payload } = (await job.terminal()).message;
      t.equal(type, "job.result", "the end of the job");
      t.equal(payload.result, value, "a text that was sent byte by byte");
    },
  ),
  check(
    {
      id: "runtime/4.2/several-at-once",
      requirements: ["TRN-09", "TRN-10"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, ...stdio },
      mutants: ["one-read-one-message"],
    },
    async (t) => {
      const peer = await t.session();
      const all = [1, 2, 3, 4].map(() => refusable(peer));
      const text = all.map(({ line }) => `${line}\n`).join("");
      const within = text.length - 40;
      await write(t, peer, text.slice(0, within));
      await write(t, peer, text.slice(within));
      for (const { id } of all) {
        const answer = await peer.reply(id, "job.accepted");
        t.refused(answer, "AGENT_NOT_AVAILABLE", "one of four submits in one write");
      }
    },
  ),
] as const;
