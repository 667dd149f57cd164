/** Section 6.4: signs of life. */
import { Feature } from "../../generated/current/constants.js";
import { check } from "../run/check.js";
import { R2, R0, range, seqs } from "./support.js";

const heartbeat = { ...R0, features: [Feature.Heartbeat] } as const;

/** Checks of section 6.4. */
export const heartbeatChecks = [
  check(
    {
      id: "runtime/6.4/ping-answered",
      requirements: ["HB-03"],
      level: "MUST",
      basis: "explicit",
      needs: heartbeat,
      mutants: ["drop-pong", "wrong-nonce"],
    },
    async (t) => {
      const peer = await t.session();
      for (const nonce of ["p_1", "ü ñ", "x".repeat(64)]) {
        peer.send("session.ping", { nonce, sent_at: new Date(0).toISOString() });
        await peer.expect((m) => m.type === "session.pong" && m.payload.ping_nonce === nonce, {
          what: "session.pong with the nonce",
        });
      }
    },
  ),
  check(
    {
      id: "runtime/6.4/nonce-repeated",
      requirements: ["HB-04"],
      level: "MUST",
      basis: "explicit",
      needs: heartbeat,
      mutants: ["wrong-nonce"],
    },
    async (t) => {
      const peer = await t.session();
      const nonces = ["a", "b", "c"];
      for (const nonce of nonces) peer.send("session.ping", { nonce });
      await peer.fence();
      const answers = peer.collect("session.pong").map(({ message }) => message.payload.ping_nonce);
      t.equal(answers.slice(0, 3), nonces, "ping_nonce of three pongs");
      t.equal(answers.length, 4, "number of pongs, that of the fence included");
    },
  ),
  check(
    {
      id: "runtime/6.4/interval-announced",
      requirements: ["HELLO-04", "HB-01"],
      level: "SHOULD",
      basis: "explicit",
      needs: heartbeat,
      mutants: ["welcome-without-interval"],
    },
    async (t) => {
      const interval = (await t.session()).welcome?.message.payload.heartbeat_interval_sec;
      t.ok(
        typeof interval === "number" && interval > 0,
        "no heartbeat_interval_sec in the welcome",
      );
    },
  ),
  check(
    {
      id: "runtime/6.4/takes-no-number",
      requirements: ["HB-10", "ENV-20"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.Heartbeat] },
      mutants: ["pings-take-numbers", "seq-on-replies"],
    },
    async (t) => {
      const peer = await t.session();
      for (let round = 0; round < 3; round++) {
        peer.send("session.ping", { nonce: `n${round}` });
        await t.succeed(peer, [{ op: "return" }]);
      }
      await peer.fence();
      t.equal(seqs(peer), range(1, 3), "numbers of three jobs between pings");
      for (const { message } of peer.collect("session.pong")) {
        t.equal(message.event_seq, undefined, "event_seq of a pong");
      }
    },
  ),
] as const;
