/** Sections 6.4 and 6.5: signs of life, and acknowledgements. */
import { clientCheck } from "../check.js";

/** The interval of these checks, in seconds: whole, since a client may read it as an integer. */
const interval = 1;

/** Checks of sections 6.4 and 6.5. */
export const livenessChecks = [
  clientCheck(
    {
      id: "client/6.4/answers-pings",
      requirements: ["HB-03", "HB-04"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["heartbeat"] },
      mutants: ["mute-to-pings", "wrong-nonce"],
    },
    async (t) => {
      const s = await t.session();
      const nonces = [t.fresh("nonce"), "é", t.fresh("nonce")];
      for (const nonce of nonces) s.peer.send("session.ping", { nonce });
      await s.peer.expect(() => s.peer.collect("session.pong").length === 3, {
        what: "third pong",
      });
      const answers = s.peer.collect("session.pong").map((f) => f.message.payload["ping_nonce"]);
      t.equal(answers, nonces, "nonces answered");
    },
  ),
  clientCheck(
    {
      id: "client/6.4/pings-when-idle",
      requirements: ["HB-01", "HB-02"],
      level: "SHOULD",
      basis: "explicit",
      needs: { features: ["heartbeat"] },
      mutants: ["never-pings"],
    },
    async (t) => {
      const s = await t.session({ heartbeatSec: interval });
      const [after, within] = [s.peer.last, t.atLeast(2 * interval * 1000)];
      const { message } = await s.peer.expect("session.ping", { after, within });
      s.peer.send("session.pong", { ping_nonce: message.payload["nonce"] });
      await s.peer.expect("session.ping", { after: s.peer.last, within });
    },
  ),
  clientCheck(
    {
      id: "client/6.4/pings-and-pongs-unnumbered",
      requirements: ["HB-10"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["heartbeat"] },
      mutants: ["numbered-pings", "numbered-pongs"],
    },
    async (t) => {
      const s = await t.session({ heartbeatSec: interval });
      await s.fence();
      const ping = await s.peer
        .expect("session.ping", { within: t.atLeast(3 * interval * 1000) })
        .catch(() => undefined);
      if (ping === undefined) t.notes.push("never pings");
      const numbered = s.peer.frames.filter(({ message }) => "event_seq" in message);
      t.equal(
        numbered.map(({ message }) => message.type),
        [],
        "messages with an event_seq",
      );
    },
  ),
  clientCheck(
    {
      id: "client/6.4/drops-a-silent-runtime",
      requirements: ["HB-07"],
      level: "SHOULD",
      basis: "W-27",
      needs: { features: ["heartbeat"] },
      mutants: ["patient"],
    },
    async (t) => {
      const s = await t.session({ heartbeatSec: interval });
      await s.peer.expectClose(t.atLeast(2 * interval * 1000 + 2500));
      const lost = await s.client.told(({ news }) => news === "lost" || news === "closed", {
        what: "news of the loss",
      });
      t.equal(lost["code"], "HEARTBEAT_LOST", "code told");
    },
  ),
  clientCheck(
    {
      id: "client/6.4/any-message-is-a-sign-of-life",
      requirements: ["HB-05"],
      level: "MUST",
      basis: "explicit",
      needs: { features: ["heartbeat"] },
      mutants: ["wants-pongs"],
    },
    async (t) => {
      const s = await t.session({ heartbeatSec: interval });
      const job = await s.job();
      // No pong for three intervals and a half; each wait is for the client's own word, so that nothing is asleep.
      const began = s.t.log.now();
      for (let n = 0; s.t.log.now() - began < 3500 * interval; n++) {
        job.log(`${n}`);
        await s.heard(job, `${n}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      t.equal([s.peer.closed, s.runtime.waiting], [undefined, 0], "how the connection ended");
      job.succeed();
      await s.ended(job);
    },
  ),
  clientCheck(
    {
      id: "client/6.5/acks-what-was-received",
      requirements: ["ACK-01", "ACK-03"],
      level: "MUST",
      basis: "derived",
      needs: { features: ["ack"] },
      mutants: ["acks-ahead", "numbered-acks"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      job.log("one");
      job.log("two");
      await s.heard(job, "two");
      job.succeed();
      await s.ended(job);
      const ack = await s.peer
        .expect("session.ack", { within: t.atLeast(3000) })
        .catch(() => undefined);
      if (ack === undefined) t.notApplicable("it does not acknowledge, and need not");
      await s.fence();
      let last = 0;
      for (const { message } of s.peer.collect("session.ack")) {
        const seq = Number(message.payload["last_processed_seq"]);
        t.ok(seq <= s.session.seq, `acknowledges ${seq}, and ${s.session.seq} is the newest`);
        t.ok(seq >= last, `acknowledges ${seq} after ${last}`);
        t.ok(!("event_seq" in message), "session.ack bears an event_seq");
        last = seq;
      }
    },
  ),
  clientCheck(
    {
      id: "client/6.5/acks-are-rare",
      requirements: ["ACK-02"],
      level: "SHOULD",
      basis: "explicit",
      needs: { features: ["ack"] },
      mutants: ["acks-each"],
    },
    async (t) => {
      const s = await t.session();
      const job = await s.job();
      const began = s.t.log.now();
      for (let n = 1; n <= 60; n++) job.log(`${n}`);
      await s.heard(job, "60");
      job.succeed();
      await s.ended(job);
      await s.fence();
      const took = s.t.log.now() - began;
      const acks = s.peer.collect("session.ack").length;
      const most = 2 + Math.ceil(took / 100);
      t.ok(acks <= most, `${acks} acks for 61 messages in ${Math.round(took)} ms`);
    },
  ),
] as const;
