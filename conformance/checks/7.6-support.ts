/** What the checks of subscriptions share. */
import { randomUUID } from "node:crypto";
import { Feature } from "../../generated/current/constants.js";
import { Job } from "../peer/job.js";
import type { Frame } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import type { Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { R2, range } from "./support.js";

/** What every check of subscriptions needs. */
export const features = [Feature.Subscribe] as const;
/** In one session. */
export const alone = { ...R2, features } as const;
/** In sessions that see the same jobs. */
export const together = { ...R2, features, connections: "together" } as const;
/** What a lease may bound besides. */
export const MORE = [Feature.Subscribe, Feature.LeaseExpiresAt, Feature.CostBudget] as const;

/** From the job's beginning. */
export const WHOLE = { history: true, from_event_seq: 0 } as const;

/** Subscribes and insists on the answer; gives the job as this session sees it. */
export async function watch(
  t: Trial,
  peer: Peer,
  id: string,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly answer: Frame; readonly job: Job }> {
  const answer = await ask(peer, id, payload);
  t.equal(answer.message.type, "job.subscribed", "answer to job.subscribe");
  return { answer, job: new Job(peer, id, answer) };
}

/** Subscribes; gives whatever is answered. */
export function ask(peer: Peer, id: string, payload: Readonly<Record<string, unknown>> = {}) {
  return peer.request("job.subscribe", { job_id: id, ...payload }, "job.subscribed", {
    job_id: id,
  });
}

/** Unsubscribes, which has no answer. */
export const unsubscribe = (peer: Peer, id: string) =>
  peer.send("job.unsubscribe", { job_id: id }, { job_id: id });

/** A job that says `before` lines, waits at a gate, says `after` more and ends; and beside it what opens the gate. */
export async function halfway(t: Trial, owner: Peer, before: number, after: number) {
  const name = `g${randomUUID()}`;
  const steps: ScriptStep[] = [
    { op: "burst", count: before },
    { op: "gate", name },
    { op: "burst", count: after },
    { op: "return", value: "done" },
  ];
  const job = await t.submit(owner, steps);
  await job.event("log", (body) => body["message"] === `burst ${before - 1}`);
  return {
    job,
    goOn: () => t.succeed(owner, [{ op: "open", name }, { op: "return" }]),
  };
}

/** The numbers of all that a session was told of a job; of its events those of the submitter, and their lines. */
export const numbersOf = (job: Job) => job.frames().map(({ message }) => message.event_seq);
export const originsOf = (job: Job) =>
  job.events().map(({ message }) => message.payload["origin_seq"]);
export const textsOf = (job: Job) => job.bodies("log").map((body) => body["message"]);
/** The lines of a burst. */
export const linesOf = (from: number, to: number) => range(from, to - 1).map((at) => `burst ${at}`);
