import { describe, expect, it } from "vitest";
import { createFairQueue } from "./fair-queue.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { createWorkload } from "./workload.js";

describe("the workload", () => {
  it("SERR-09 refuses, retryable, what is beyond a principal's share, the whole, or the memory", () => {
    const limit = (limits: object, principal = "a") => {
      const workload = createWorkload({ ...DEFAULT_LIMITS, ...limits });
      workload.add("a", 100);
      const refusal = workload.refusal(principal);
      workload.remove("a", 100);
      expect(workload.refusal(principal)).toBeUndefined();
      return refusal && { retryable: refusal.retryable, ...refusal.details };
    };
    expect(limit({})).toBeUndefined();
    expect(limit({ maxJobsPerPrincipal: 1 })).toEqual({
      retryable: true,
      limit: "max_jobs_per_principal",
    });
    expect(limit({ maxJobsPerPrincipal: 1 }, "b")).toBeUndefined();
    expect(limit({ maxRunningJobs: 1, maxPendingJobs: 0 }, "b")).toMatchObject({
      limit: "max_pending_jobs",
    });
    expect(limit({ maxInputsBytes: 100 }, "b")).toMatchObject({ limit: "max_inputs_bytes" });
  });

  it("is idle when nothing is left, and takes nothing once it drains", async () => {
    const workload = createWorkload(DEFAULT_LIMITS);
    await workload.idle();
    workload.add("a", 0);
    let idle = false;
    const waiting = workload.idle().then(() => (idle = true));
    await Promise.resolve();
    expect(idle).toBe(false);
    workload.remove("a", 0);
    await waiting;
    workload.drain();
    expect(workload.refusal("a")?.details).toEqual({ limit: "draining" });
  });
});

it("the queue serves principals in turn, and each in order", () => {
  const queue = createFairQueue<string>((job) => job[0]!);
  for (const job of ["a1", "a2", "a3", "b1", "c1", "b2"]) queue.push(job);
  const served = Array.from({ length: 7 }, () => queue.shift());
  expect(served).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", undefined]);
});
