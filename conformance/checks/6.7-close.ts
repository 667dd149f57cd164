/** Section 6.7: ending a connection in good order. */
import { seqOf } from "../peer/message.js";
import { check } from "../run/check.js";
import { story } from "./6.3-resume.js";
import { R0, R2, range, seqs } from "./support.js";

/** Checks of section 6.7. */
export const closeChecks = [
  check(
    {
      id: "runtime/6.7/close-answered",
      requirements: ["CLOSE-02"],
      level: "MUST",
      basis: "explicit",
      needs: R0,
      mutants: ["drop-closed"],
    },
    async (t) => {
      const peer = await t.session();
      const answer = await peer.request("session.close", { reason: "done" }, "session.closed");
      t.equal(answer.message.type, "session.closed", "answer to session.close");
    },
  ),
  check(
    {
      id: "runtime/6.7/closed-names-request",
      requirements: ["CLOSE-02", "SERR-13"],
      level: "MUST",
      basis: "W-10",
      needs: R0,
      mutants: ["no-request-id", "wrong-request-id"],
    },
    async (t) => {
      const peer = await t.session();
      const id = peer.send("session.close", {});
      const closed = await peer.expect("session.closed");
      t.equal(closed.message.payload.request_id, id, "request_id of session.closed");
    },
  ),
  check(
    {
      id: "runtime/6.7/transport-closes",
      requirements: ["CLOSE-03", "CLOSE-04"],
      level: "MUST",
      basis: "W-10",
      needs: R0,
      mutants: ["open-after-closed", "talks-after-closed"],
    },
    async (t) => {
      const peer = await t.session();
      peer.send("session.close", {});
      const closed = await peer.expect("session.closed");
      await peer.expectClose();
      t.equal(peer.last, closed.index, "index of the last message, session.closed being the last");
    },
  ),
  check(
    {
      id: "runtime/6.7/jobs-run-on",
      requirements: ["CLOSE-05", "CLOSE-06"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, connections: "together" },
      mutants: ["close-cancels", "closed-is-gone"],
    },
    async (t) => {
      const peer = await t.session();
      const { job, begun, letGo, finish } = await story(t, peer, { before: 1, away: 2, later: 1 });
      await begun();
      peer.send("session.close", {});
      await peer.expectClose();
      await letGo();
      const again = await t.resume(peer, 1);
      await again.expect((m) => seqOf(m) === 3, { what: "the last event made after the close" });
      await finish();
      const end = await job.on(again).terminal();
      t.equal(end.message.payload.result, "done", "result of a job whose session was closed");
      t.equal(seqs(again), range(2, 5), "numbers after the resume");
    },
  ),
  check(
    {
      id: "runtime/6.7/bye-is-close",
      requirements: ["CLOSE-07"],
      level: "MUST",
      basis: "W-10",
      needs: { ...R0, connections: "together" },
      mutants: ["bye-unknown"],
    },
    async (t) => {
      const peer = await t.session();
      const answer = await peer.request("session.bye", { reason: "old ways" }, "session.closed");
      t.equal(answer.message.type, "session.closed", "answer to session.bye");
      await peer.expectClose();
      await t.resume(peer, 0);
    },
  ),
] as const;
