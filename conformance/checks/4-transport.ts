/** Section 4: how messages travel over WebSocket. */
import { Limits } from "../../generated/current/constants.js";
import { unreadable } from "../peer/message.js";
import { check } from "../run/check.js";
import { member, R0, R2 } from "./support.js";

/** Checks of section 4. */
export const transportChecks = [
  check(
    {
      id: "runtime/4.1/one-text-frame-each",
      requirements: ["TRN-03", "ENC-01"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, carrier: "websocket" },
      mutants: ["binary-replies", "two-in-one-frame"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 3 }, { op: "return" }]);
      await peer.fence();
      for (const frame of peer.frames) {
        t.ok(!frame.binary, "a message came as a binary frame");
        t.ok(frame.message.type !== unreadable, `not one JSON object: ${frame.text.slice(0, 100)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/4.1/binary-closes-1003",
      requirements: ["TRN-07"],
      level: "MUST",
      basis: "W-29",
      needs: { ...R0, connections: "together", carrier: "websocket" },
      mutants: ["swallow-binary", "close-code-1000"],
    },
    async (t) => {
      const bystander = await t.bystander();
      const peer = await t.session();
      await peer.fence();
      peer.sendBytes(Buffer.from(JSON.stringify(peer.compose("session.list_jobs", {}, {}))));
      t.equal((await peer.expectClose()).code, 1003, "close code after a binary frame");
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/4.1/oversized-closes-1009",
      requirements: ["TRN-08"],
      level: "MUST",
      basis: "W-29",
      needs: { ...R0, connections: "together", carrier: "websocket" },
      mutants: ["swallow-large", "close-code-1000"],
    },
    async (t) => {
      const bystander = await t.bystander();
      const peer = await t.session();
      const stated = member(peer.welcome?.message.payload.limits, "max_frame_bytes");
      const limit = typeof stated === "number" ? stated : Limits.maxFrameBytes;
      // The twin: a message well below the limit is answered, and the connection stays.
      peer.send("x-vendor.conformance.pad", { pad: "x".repeat(Math.floor(limit / 2)) });
      await peer.fence();
      peer.send("x-vendor.conformance.pad", { pad: "x".repeat(limit + 1024) });
      t.equal((await peer.expectClose()).code, 1009, "close code after a message above the limit");
      await bystander.fence();
    },
  ),
  check(
    {
      id: "runtime/4.1/no-subprotocol-needed",
      requirements: ["TRN-02", "TRN-06"],
      level: "MUST",
      basis: "W-29",
      needs: { ...R0, connections: "apart", carrier: "websocket" },
      mutants: ["needs-subprotocol"],
    },
    async (t) => {
      const peer = await t.connect();
      t.ok(peer.closed === undefined, "the connection was closed at once");
      peer.cut();
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/4.1/served-at-arcp",
      requirements: ["TRN-01", "TRN-05"],
      level: "SHOULD",
      basis: "W-29",
      needs: { ...R0, carrier: "websocket" },
      mutants: ["another-path"],
    },
    async (t) => {
      await (await t.session()).fence();
      const { pathname } = new URL(t.target.address);
      t.equal(pathname, "/arcp", "path of the address that was given");
    },
  ),
] as const;
