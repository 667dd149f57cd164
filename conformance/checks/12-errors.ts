/** Sections 6.8 and 12: what errors say. */
import { ErrorCode } from "../../generated/current/constants.js";
import { errors } from "../../generated/current/errors.js";
import { requestIdOf, type Frame } from "../peer/message.js";
import { helloPayload } from "../peer/session.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { details, R0 } from "./support.js";

const codes: ReadonlySet<string> = new Set(Object.values(ErrorCode));
const job_id = "job_00000000000000000000000000";

/** Causes one error of each sort that needs nothing but an address, with the ids that were asked about. */
async function allSorts(t: Trial): Promise<readonly (readonly [string, Frame])[]> {
  const peer = await t.session();
  const found: [string, Frame][] = [];
  const ask = async (id: string) => {
    const answer = await peer.reply(id, ["job.accepted", "job.cancelled"], { after: peer.last });
    t.equal(answer.message.type, "session.error", `answer to ${id}`);
    found.push([id, answer]);
  };
  await ask(peer.send("job.submit", { agent: "conformance.no-such-agent" }));
  await ask(peer.sendMalformed("job.submit", { agent: 7 }));
  await ask(peer.sendMalformed("session.future", {}));
  await ask(peer.send("job.cancel", { job_id }, { job_id }));
  await ask(peer.send("session.hello", helloPayload(t.helloOptions())));
  return found;
}

/** Checks of sections 6.8 and 12. */
export const errorChecks = [
  check(
    {
      id: "runtime/6.8/error-complete",
      requirements: ["SERR-01", "ERR-01"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["error-without-retryable", "error-without-message"],
    },
    async (t) => {
      for (const [, { message }] of await allSorts(t)) {
        const { code, message: text, retryable } = message.payload;
        t.ok(typeof code === "string", "an error without code");
        t.ok(typeof text === "string" && text !== "", `no message with ${String(code)}`);
        t.ok(typeof retryable === "boolean", `no retryable with ${String(code)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/6.8/error-names-request",
      requirements: ["SERR-02"],
      level: "MUST",
      basis: "W-05",
      needs: R0,
      mutants: ["no-request-id", "wrong-request-id", "no-details"],
    },
    async (t) => {
      for (const [id, frame] of await allSorts(t)) {
        t.equal(frame.message.payload.request_id, id, "request_id");
        t.equal(details(frame).request_id, id, "details.request_id");
        t.equal(requestIdOf(frame.message), id, "the request that is named");
      }
    },
  ),
  check(
    {
      id: "runtime/6.8/session-lives-on",
      requirements: ["SERR-05"],
      level: "MUST",
      basis: "W-11",
      needs: R0,
      mutants: ["close-after-error"],
    },
    async (t) => {
      const peer = await t.session();
      const asks = [
        () => peer.send("job.submit", { agent: "conformance.no-such-agent" }),
        () => peer.sendMalformed("job.submit", { agent: 7 }),
        () => peer.send("job.cancel", { job_id }, { job_id }),
      ];
      for (const ask of asks) {
        const after = peer.last;
        await peer.reply(ask(), ["job.accepted", "job.cancelled"], { after });
        await peer.fence();
      }
    },
  ),
  check(
    {
      id: "runtime/12/only-defined-codes",
      requirements: ["SERR-07"],
      level: "MUST",
      basis: "W-35",
      needs: R0,
      mutants: ["codes-of-its-own"],
    },
    async (t) => {
      for (const [, { message }] of await allSorts(t)) {
        t.ok(codes.has(String(message.payload.code)), `the code ${String(message.payload.code)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/12/retryable-as-defined",
      requirements: ["ERR-01", "ENC-09"],
      level: "MUST",
      basis: "derived",
      needs: R0,
      mutants: ["retryable-flipped"],
    },
    async (t) => {
      for (const [, { message }] of await allSorts(t)) {
        const code = String(message.payload.code);
        const { retryable } = errors[code as ErrorCode] ?? { retryable: false };
        t.equal(message.payload.retryable, retryable, `retryable of ${code}`);
      }
    },
  ),
  check(
    {
      id: "runtime/12/no-secrets-no-insides",
      requirements: ["ENC-12", "SEC-06"],
      level: "MUST",
      basis: "W-13",
      needs: { ...R0, connections: "apart", token: true },
      mutants: ["errors-echo"],
    },
    async (t) => {
      const canary = t.fresh("canary");
      const peer = await t.connect();
      peer.send("session.hello", helloPayload({ token: canary }));
      const refused = await peer.expect("session.error");
      const second = await t.connect();
      const auth = { scheme: "bearer", token: [canary] };
      second.sendMalformed("session.hello", { ...helloPayload({ token: null }), auth });
      const malformed = await second.expect("session.error");
      for (const { text } of [refused, malformed]) {
        t.ok(!text.includes(canary), "an error shows the token that it refuses");
        t.ok(!/node_modules|\.[jt]s:\d+|\bat \w+ \(/.test(text), "an error shows a stack trace");
      }
      await t.session();
    },
  ),
] as const;
