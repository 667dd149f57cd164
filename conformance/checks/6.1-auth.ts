/** Section 6.1: who may open a session. */
import { helloPayload } from "../peer/session.js";
import { check } from "../run/check.js";
import type { Trial } from "../run/trial.js";
import { R0 } from "./support.js";

const refusing = ["drop-session-error", "unauthenticated-as-invalid"] as const;

/** Says a hello that must be refused, and returns the refusal and how the connection ended. */
async function turnedAway(t: Trial, payload: Readonly<Record<string, unknown>>, what: string) {
  const peer = await t.connect();
  peer.send("session.hello", payload);
  const answer = await peer.expect(["session.error", "session.welcome"]);
  t.refused(answer, "UNAUTHENTICATED", what);
  return { answer, closed: await peer.expectClose() };
}

/** Checks of section 6.1. */
export const authChecks = [
  check(
    {
      id: "runtime/6.1/wrong-token",
      requirements: ["AUTH-03", "AUTH-04", "SERR-03"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, connections: "apart", token: true },
      mutants: [...refusing, "open-after-refusal"],
    },
    async (t) => {
      const bystander = await t.bystander();
      for (const token of [
        "not-a-token",
        `${t.token()}x`,
        t.token().slice(0, -1),
        t.token().toUpperCase(),
      ]) {
        if (token === t.token() || token === "") continue;
        await turnedAway(t, helloPayload({ token }), "a wrong token");
      }
      await bystander.fence();
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/6.1/no-token",
      requirements: ["AUTH-03", "AUTH-04"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R0, connections: "apart", token: true },
      mutants: [...refusing, "open-after-refusal"],
    },
    async (t) => {
      await turnedAway(t, helloPayload({ token: null }), "a hello without auth");
      const hello = helloPayload({ token: null });
      await turnedAway(t, { ...hello, auth: { scheme: "bearer" } }, "auth without a token");
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/6.1/other-scheme",
      requirements: ["AUTH-05"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart", token: true },
      mutants: ["any-scheme", ...refusing],
    },
    async (t) => {
      const hello = {
        ...helloPayload(t.helloOptions()),
        auth: { scheme: "x-none", token: t.token() },
      };
      await turnedAway(t, hello, "the right token under another scheme");
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/6.1/refusal-closes-1008",
      requirements: ["SERR-03"],
      level: "MUST",
      basis: "W-11",
      needs: { ...R0, carrier: "websocket", token: true },
      mutants: ["close-code-1000", "open-after-refusal"],
    },
    async (t) => {
      const { closed } = await turnedAway(t, helloPayload({ token: "no" }), "a wrong token");
      t.equal(closed.code, 1008, "close code after the refusal");
    },
  ),
  check(
    {
      id: "runtime/6.1/refusal-names-no-session",
      requirements: ["SERR-04"],
      level: "MUST",
      basis: "W-11",
      needs: { ...R0, connections: "apart", token: true },
      mutants: ["no-session-id", "wrong-session-id"],
    },
    async (t) => {
      const live = await t.session();
      const ids: unknown[] = [];
      for (let i = 0; i < 2; i++) {
        const { answer } = await turnedAway(t, helloPayload({ token: "no" }), "a wrong token");
        const id = answer.message.session_id;
        t.ok(typeof id === "string" && id !== "", "the refusal has no session_id");
        ids.push(id);
      }
      t.equal(new Set([...ids, live.sessionId]).size, 3, "number of different session_ids");
    },
  ),
] as const;
