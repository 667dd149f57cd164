import { afterEach, expect, it } from "vitest";
import { Feature, Limits } from "../../generated/current/constants.js";
import type { Body } from "../mutants/mutant.js";
import { fakeRuntime } from "../run/fake-runtime.test-helper.js";
import { present } from "../run/preflight.js";
import { runCheck, runtimeBench } from "../run/runner.js";
import { select } from "../run/select.js";
import { scriptAgent } from "../script.js";
import { limitChecks } from "./5.3-limits.js";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What a runtime says that states `limits` and refuses what is beyond these bounds. */
function answering(limits: Body, longest: number, most: number) {
  return ({ type, id, payload }: Body): Body[] | undefined => {
    const key = payload.idempotency_key ?? "";
    const from = payload.from_event_seq ?? 0;
    if (key.length > longest || payload.limit > most || !Number.isSafeInteger(from)) {
      const error = { code: "INVALID_REQUEST", message: "no", retryable: false };
      return [{ type: "session.error", payload: { ...error, request_id: id } }];
    }
    if (type === "session.hello") {
      const features = [Feature.Heartbeat, Feature.ListJobs, Feature.Subscribe];
      const capabilities = { encodings: ["json"], features, agents: [scriptAgent] };
      const welcome = { runtime: { name: "fake", version: "1" }, limits, capabilities };
      const resume = { resume_token: "rt_secret", resume_window_sec: 1 };
      return [{ type: "session.welcome", payload: { ...welcome, ...resume } }];
    }
    if (type !== "job.submit") return undefined;
    const job = { job_id: "job_1" };
    const accepted = { ...job, request_id: id, agent: scriptAgent, lease: {}, accepted_at: at };
    const result = { ...job, final_status: "success", completed_at: at };
    return [
      { type: "job.accepted", ...job, payload: accepted },
      { type: "job.result", ...job, event_seq: 1, payload: result },
    ];
  };
}

const at = "2026-01-01T00:00:00Z";

async function met(limits: Body, longest: number, most: number) {
  const { target, stop } = await fakeRuntime({ answer: answering(limits, longest, most) });
  stops.push(stop);
  const [check] = select(limitChecks, ["beyond-a-bound-refused"]);
  return runCheck(check!, runtimeBench(target, await present(target)));
}

const { listPageMax, maxIdempotencyKeyLength } = Limits;

it("ENC-26 asks beyond the bound of the schema where a lower limit is stated", async () => {
  const stated = { list_page_max: 50, max_idempotency_key_length: 32 };
  const verdict = await met(stated, maxIdempotencyKeyLength, listPageMax);
  expect(verdict).toMatchObject({ verdict: "pass" });
});

it("ENC-26 asks beyond a higher limit that is stated", async () => {
  const stated = { list_page_max: 5000, max_idempotency_key_length: 512 };
  expect(await met(stated, 512, 5000)).toMatchObject({ verdict: "pass" });
});

it.each([
  ["session.list_jobs", maxIdempotencyKeyLength, listPageMax + 1],
  ["job.submit", maxIdempotencyKeyLength + 1, listPageMax],
])("ENC-26 fails a runtime that grants a %s beyond its bound", async (type, longest, most) => {
  expect(await met({}, longest, most)).toMatchObject({
    verdict: "pass-nonstrict",
    reason: expect.stringContaining(`answer to ${type}`),
  });
});
