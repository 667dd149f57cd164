/** The order of forgetting by itself: what the rest of a runtime says of a job is said here by the test. */
import { expect, it } from "vitest";
import { testClock } from "../testing/clock.js";
import { limitsOf } from "./limits.js";
import type { LiveJob } from "./live.js";
import { createRetention, NOBODY, UNSENT } from "./retention.js";

function setUp(limits: Parameters<typeof limitsOf>[0], claims = new Map<string, number>()) {
  const clock = testClock();
  const gone: string[] = [];
  const inUse = new Set<string>();
  const asked = { times: 0 };
  const retention = createRetention({
    clock,
    limits: limitsOf(limits),
    claim({ state }) {
      asked.times += 1;
      return claims.get(state.id) ?? NOBODY;
    },
    inUse: ({ state }) => inUse.has(state.id),
    forgotten: ({ state }) => void gone.push(state.id),
    overflow: () => {},
  });
  /** A job that has ended, with a log of so many characters, which was stored in pieces. */
  const job = (id: string, logSize: number) => ({ state: { id }, logSize }) as unknown as LiveJob;
  return { clock, gone, inUse, asked, claims, retention, job };
}

it("counts what is stored of a job to its end, though another's piece in the same commit was too much", () => {
  const { retention, gone, job } = setUp({ maxStoredBytes: 1_000 });
  retention.grew(600);
  retention.keep(job("b", 600));
  retention.grew(600);
  retention.makeRoom();
  expect(gone).toEqual(["b"]);
  // 600 are left: another 500 are too much, and 400 would not have been.
  retention.keep(job("a", 600));
  retention.grew(400);
  retention.makeRoom();
  expect(gone).toEqual(["b"]);
  retention.grew(1);
  retention.makeRoom();
  expect(gone).toEqual(["b", "a"]);
});

it("ACK-05 lets go first of what was acknowledged, however many others are older", () => {
  const { retention, gone, claims, job } = setUp({ maxFinishedJobs: 200 });
  for (let n = 0; n < 150; n += 1) {
    claims.set(`away${n}`, n);
    retention.keep(job(`away${n}`, 1));
  }
  for (let n = 0; n < 100; n += 1) retention.keep(job(`read${n}`, 1));
  retention.makeRoom();
  expect(gone).toEqual(Array.from({ length: 50 }, (_, n) => `read${n}`));
});

it("does not look past what a session that is away left, for each job that goes", () => {
  const { retention, gone, asked, claims, job } = setUp({ maxFinishedJobs: 900 });
  for (let n = 0; n < 900; n += 1) {
    claims.set(`away${n}`, 1);
    retention.keep(job(`away${n}`, 1));
  }
  for (let n = 0; n < 64; n += 1) retention.keep(job(`read${n}`, 1));
  retention.makeRoom();
  expect(gone).toEqual(Array.from({ length: 64 }, (_, n) => `read${n}`));
  for (let n = 0; n < 64; n += 1) {
    claims.set(`unread${n}`, 2);
    retention.keep(job(`unread${n}`, 1));
  }
  retention.makeRoom();
  expect(gone.slice(64)).toEqual(Array.from({ length: 64 }, (_, n) => `away${n}`));
  expect(asked.times).toBeLessThan(3 * 1_024);
});

it("does not look past them anew for each, where jobs end one by one; and keeps those that somebody came back for", () => {
  const { retention, gone, asked, claims, job } = setUp({ maxFinishedJobs: 900 });
  for (let n = 0; n < 900; n += 1) {
    claims.set(`away${n}`, 1);
    retention.keep(job(`away${n}`, 1));
  }
  for (let n = 0; n < 64; n += 1) {
    if (n === 32) claims.set("away32", UNSENT);
    claims.set(`unread${n}`, 2);
    retention.keep(job(`unread${n}`, 1));
    retention.makeRoom();
  }
  const others = Array.from({ length: 65 }, (_, n) => `away${n}`).filter((id) => id !== "away32");
  expect(gone).toEqual(others);
  expect(asked.times).toBeLessThan(2 * 1_024);
});

it("keeps a job beyond its time while a reader is given what it said", async () => {
  const { retention, gone, inUse, clock, job } = setUp({ retentionMs: 1_000 });
  inUse.add("a");
  retention.keep(job("a", 1));
  await clock.advance(5_000);
  expect(gone).toEqual([]);
  inUse.clear();
  await clock.advance(1_000);
  expect(gone).toEqual(["a"]);
});

it("keeps what was not sent, also beyond a cap of jobs", () => {
  const { retention, gone, claims, job } = setUp({ maxFinishedJobs: 1 });
  claims.set("a", UNSENT).set("b", UNSENT);
  retention.keep(job("a", 1));
  retention.keep(job("b", 1));
  retention.makeRoom();
  expect(gone).toEqual([]);
  claims.clear();
  retention.tryAgain();
  expect(gone).toEqual(["a"]);
});
