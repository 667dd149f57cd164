/** Sections 4 and 5.3: one message in one text frame, and none that is too large. */
import type { Frame } from "../../peer/message.js";
import { clientCheck } from "../check.js";

const largest = 1_048_576;

/** What is wrong with a frame as such, if anything is. */
function faultOf({ binary, text }: Frame): string | undefined {
  if (binary) return "a binary frame";
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? undefined
      : "no JSON object";
  } catch {
    return `not one JSON value: ${text.slice(0, 200)}`;
  }
}

/** Checks of section 4 and of the limits of section 5.3. */
export const transportChecks = [
  clientCheck(
    {
      id: "client/4.1/one-text-frame-each",
      requirements: ["TRN-01", "TRN-03", "ENC-01"],
      level: "MUST",
      basis: "explicit",
      mutants: ["two-in-one-frame", "binary-frames"],
    },
    async (t) => {
      // Asked for by its frame and not by its type: a binary frame has no message in it.
      const { client, runtime } = await t.start();
      void client.call("connect", { url: runtime.url, token: t.token });
      const first = await (await runtime.next()).expect(() => true, { what: "first frame" });
      t.equal(faultOf(first), undefined, "the first frame");
      const s = await t.session();
      const job = await s.job();
      job.succeed();
      await s.ended(job);
      await s.fence();
      for (const frame of s.peer.frames) t.equal(faultOf(frame), undefined, "a frame");
    },
  ),
  clientCheck(
    {
      id: "client/4.1/binary-closes-1003",
      requirements: ["TRN-07"],
      level: "MUST",
      basis: "W-29",
      mutants: ["takes-binary"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      s.peer.sendBytes(Buffer.from('{"arcp":"1.1"}'));
      t.equal((await s.peer.expectClose()).code, 1003, "close code after a binary frame");
    },
  ),
  clientCheck(
    {
      id: "client/4.1/oversized-closes-1009",
      requirements: ["TRN-08"],
      level: "MUST",
      basis: "W-29",
      needs: { features: ["heartbeat"] },
      mutants: ["oversized-closes-1000"],
    },
    async (t) => {
      const s = await t.session();
      await s.fence();
      const large = s.peer.compose(
        "x-vendor.conformance.large",
        { pad: "x".repeat(40 * largest) },
        {},
      );
      s.peer.sendBytes(Buffer.from(JSON.stringify(large)), "text");
      const after = s.peer.last;
      s.peer.send("session.ping", { nonce: "after" });
      const pong = s.peer
        .expect("session.pong", { after, within: 6000, what: "pong" })
        .then(() => 0);
      const code = await Promise.any([pong, s.peer.expectClose(6000).then((end) => end.code)]);
      if (code === 0) t.notes.push("takes a message of 40 MiB");
      else t.equal(code, 1009, "close code after a message of 40 MiB");
    },
  ),
  clientCheck(
    {
      id: "client/5.3/within-max-frame",
      requirements: ["ENC-13"],
      level: "MUST",
      basis: "W-37",
      mutants: ["sends-large"],
    },
    async (t) => {
      const s = await t.session();
      const input = "x".repeat(largest);
      const large = s.client.call("submit", { agent: "echo", input });
      await s.hasFailed(large, "a submit of more than a frame may have");
      const job = await s.job({ input: input.slice(0, 1000) });
      job.succeed();
      await s.ended(job);
      const sizes = s.peer.frames.map(({ text }) => Buffer.byteLength(text));
      t.ok(Math.max(...sizes) <= largest, `a frame of ${Math.max(...sizes)} bytes`);
    },
  ),
] as const;
