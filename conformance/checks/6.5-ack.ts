/** Section 6.5: acknowledgements advise, and take nothing away. */
import { Feature } from "../../generated/current/constants.js";
import { seqOf } from "../peer/message.js";
import { hello, resumeBlock } from "../peer/session.js";
import { check } from "../run/check.js";
import { newest, nothing, R2, range, seqs } from "./support.js";

const ack = { ...R2, features: [Feature.Ack] } as const;
const isError = (m: { readonly type: string }) => m.type === "session.error";

/** Checks of section 6.5. */
export const ackChecks = [
  check(
    {
      id: "runtime/6.5/ack-is-silent",
      requirements: ["ACK-01", "ENV-20"],
      level: "MUST",
      basis: "derived",
      needs: ack,
      mutants: ["ack-refused"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 2 }, { op: "return" }]);
      const after = peer.last;
      for (const last_processed_seq of [0, 1, 3, 2, 3])
        peer.send("session.ack", { last_processed_seq });
      await nothing(t, peer, isError, after, "session.ack was answered with an error");
      await t.succeed(peer, [{ op: "return" }]);
      t.equal(seqs(peer), range(1, 4), "numbers before and after the acks");
    },
  ),
  check(
    {
      id: "runtime/6.5/ack-beyond-newest",
      requirements: ["ACK-10"],
      level: "MUST",
      basis: "W-38",
      needs: { ...ack, connections: "together" },
      mutants: ["ack-refused", "ack-moves-cursor"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "return" }]);
      const after = peer.last;
      peer.send("session.ack", { last_processed_seq: 1_000_000 });
      await nothing(t, peer, isError, after, "an ack beyond the newest was answered with an error");
      await t.succeed(peer, [{ op: "return" }]);
      peer.cut();
      // What was made after that ack was not acknowledged by it.
      const again = await t.resume(peer, 1);
      await again.expect((m) => seqOf(m) === 2, { what: "the replayed end of the second job" });
      await again.settle();
      t.equal(seqs(again), [2], "numbers replayed");
    },
  ),
  check(
    {
      id: "runtime/6.5/never-a-silent-gap",
      requirements: ["ACK-08"],
      level: "MUST",
      basis: "explicit",
      needs: { ...ack, connections: "together" },
      mutants: ["ack-moves-cursor"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 5 }, { op: "return" }]);
      peer.send("session.ack", { last_processed_seq: 4 });
      await peer.fence();
      peer.cut();
      const again = await t.connect();
      const answer = await hello(again, { ...t.helloOptions(), resume: resumeBlock(peer, 2) });
      if (answer.message.type === "session.error") {
        t.refused(answer, "RESUME_WINDOW_EXPIRED", "a cursor below what was acknowledged");
        t.notes.push("frees what was acknowledged");
        return;
      }
      await again.expect((m) => seqOf(m) === 6, { what: "the replayed end of the job" });
      await again.settle();
      t.equal(seqs(again), range(3, 6), "numbers replayed from below the acknowledged one");
    },
  ),
  check(
    {
      id: "runtime/6.5/unacknowledged-is-kept",
      requirements: ["ACK-05", "ACK-09", "RES-11"],
      level: "MUST",
      basis: "explicit",
      needs: { ...ack, connections: "together" },
      mutants: ["replay-skips-one"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 50 }, { op: "return" }]);
      const last = newest(peer);
      peer.cut();
      const again = await t.resume(peer, 0);
      await again.expect((m) => seqOf(m) === last, { what: "the replayed end of the job" });
      await again.settle();
      t.equal(seqs(again), range(1, last), "numbers replayed from the beginning");
    },
  ),
] as const;
