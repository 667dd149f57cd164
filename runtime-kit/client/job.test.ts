import { describe, expect, it } from "vitest";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { ReceivedEvent } from "./job-event.js";
import { running, until } from "./script.test-helper.js";

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: Error) => error,
  );
}

async function all(events: AsyncIterable<ReceivedEvent>): Promise<ReceivedEvent[]> {
  const list: ReceivedEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

describe("the events of a job", () => {
  it("are there from the acceptance on, typed by kind, and end with the job", async () => {
    const { job, peer, client } = await running();
    peer.event(1, "progress", { current: 1, total: 2 }).event(2, "x-vendor.acme.thing", { y: 1 });
    peer.event(3, "novelty", { z: 1 }).result(4, { result: { words: 7 } });
    await until(() => job.finalStatus !== undefined);
    const seen: unknown[] = [];
    for await (const event of job) {
      if (event.kind === "progress") seen.push(event.body.current / (event.body.total ?? 1));
      else seen.push(event.kind);
    }
    expect(seen).toEqual([0.5, "x-vendor.acme.thing", "novelty"]);
    expect(await job.result()).toEqual({ words: 7 });
    expect(job.status).toBe("success");
    await client.close();
  });

  it("are acknowledged by reading, and not before", async () => {
    const { job, peer, client } = await running();
    peer.event(1).event(2).event(3);
    const loop = job[Symbol.asyncIterator]();
    await loop.next();
    await loop.next();
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 1 });
    await loop.next();
    const pending = failure(loop.next());
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 3 });
    expect(peer.seen.filter(({ type }) => type === "session.ack")).toHaveLength(2);
    await client.close();
    expect((await pending).code).toBe("CLOSED");
  });

  it("are acknowledged by waiting for the result, when nobody reads them", async () => {
    const { job, peer, client } = await running();
    peer.event(1).event(2);
    const result = job.result();
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 2 });
    peer.event(3).result(4, { result: 1 });
    expect(await result).toBe(1);
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 4 });
    await client.close();
  });

  it("can be read although the result is waited for already", async () => {
    const { job, peer, client } = await running();
    const both = Promise.all([job.result(), all(job)]);
    peer.event(1).event(2).result(3, { result: "r" });
    const [result, events] = await both;
    expect(result).toBe("r");
    expect(events.map(({ seq }) => seq)).toEqual([1, 2]);
    await client.close();
  });

  it("are let go beyond the bound, oldest first, when nobody reads them; and counted", async () => {
    const warnings: Error[] = [];
    const on = { warning: (error: Error) => void warnings.push(error) };
    const { job, peer, client } = await running({ buffer: { events: 3 }, on });
    for (let seq = 1; seq <= 10; seq++) peer.event(seq);
    // What was let go is acknowledged, so that a job that nobody reads does not hold up the others.
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 7 });
    peer.result(11, { result: "r" });
    expect(await job.result()).toBe("r");
    expect((await all(job)).map(({ seq }) => seq)).toEqual([8, 9, 10]);
    expect(job.dropped).toBe(7);
    // Who looks for them is told, and nobody else.
    const late = `the loop over job ${job.id} begins late: 7 events before it were let go`;
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(late)]);
    await client.close();
  });

  it("are not held for one who left the loop, and do not hold up the acks", async () => {
    const { job, peer, client } = await running();
    peer.event(1).event(2).event(3);
    for await (const event of job) if (event.seq === 1) break;
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 3 });
    peer.result(4, {});
    expect((await all(job)).map(({ seq }) => seq)).toEqual([2, 3]);
    await client.close();
  });

  it("have one reader at a time", async () => {
    const { job, client } = await running();
    job[Symbol.asyncIterator]();
    expect(() => job[Symbol.asyncIterator]()).toThrow(TypeError);
    await client.close();
  });

  it("that are not read stop the reading of frames, until they are", async () => {
    const { job, peer, client } = await running({ buffer: { events: 4 } });
    const loop = job[Symbol.asyncIterator]();
    peer.event(1);
    await loop.next();
    for (let seq = 2; seq <= 40; seq++) peer.event(seq);
    await until(() => job.status === "running");
    peer.result(41, {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(job.finalStatus).toBeUndefined();
    let read = 1;
    while ((await loop.next()).done !== true) read += 1;
    expect(read).toBe(40);
    expect(job.finalStatus).toBe("success");
    expect(job.dropped).toBe(0);
    await client.close();
  });

  it("never make a call wait for what they hold back", async () => {
    const { job, peer, client } = await running({ buffer: { events: 4 } });
    const loop = job[Symbol.asyncIterator]();
    peer.event(1);
    await loop.next();
    for (let seq = 2; seq <= 40; seq++) peer.event(seq);
    const ping = client.ping();
    const { payload } = await peer.next("session.ping");
    peer
      .send("session.pong", { ping_nonce: payload["nonce"], received_at: "t" })
      .result(41, { result: 9 });
    expect(await ping).toBeGreaterThanOrEqual(0);
    expect(await job.result()).toBe(9);
    await client.close();
  });
});

describe("the outcome of a job", () => {
  it.each([
    ["result", { result: 5 }, 5],
    ["a result of null", { result: null }, null],
    ["output", { output: 5 }, 5],
    ["value", { value: 5 }, 5],
    ["none", {}, undefined],
  ])("is read from %s (W-36)", async (_, payload, expected) => {
    const { job, peer, client } = await running();
    peer.result(1, payload);
    expect(await job.result()).toBe(expected);
    await client.close();
  });

  it.each([
    ["cancelled", "CANCELLED"],
    ["timed_out", "TIMEOUT"],
    ["error", "INTERNAL_ERROR"],
  ])("is a failure where job.result says %s (W-36)", async (status, code) => {
    const { job, peer, client } = await running();
    peer.result(1, { final_status: status, summary: "why" });
    const error = await failure(job.result());
    expect(ArcpError.is(error)).toBe(true);
    expect(error).toMatchObject({ code, reason: "why" });
    expect(job.finalStatus).toBe(status);
    await client.close();
  });

  it("throws what job.error says, each time it is asked", async () => {
    const { job, peer, client } = await running();
    peer.error(1, "BUDGET_EXHAUSTED", "error", "job_1", { detail: { left: 0 } });
    for (let time = 0; time < 2; time++) {
      const error = await failure(job.result());
      expect(ArcpError.is(error, "BUDGET_EXHAUSTED")).toBe(true);
      expect(error).toMatchObject({ retryable: false, details: { left: 0 } });
    }
    expect(await all(job)).toEqual([]);
    await client.close();
  });
});

describe("a streamed result", () => {
  it("is put together: a string from text", async () => {
    const { job, peer, client } = await running();
    peer
      .chunk(1, 0, "Grü")
      .chunk(2, 1, "ße", false)
      .result(3, { result_id: "res_1", result_size: 7 });
    expect(await job.result()).toBe("Grüße");
    expect(await job.result()).toBe("Grüße");
    await client.close();
  });

  it("is put together: bytes from base64", async () => {
    const { job, peer, client } = await running();
    peer.chunk(1, 0, "AAE=", true, "base64").chunk(2, 1, "/w==", false, "base64");
    peer.result(3, { result_id: "res_1", result_size: 3 });
    expect(await job.result()).toEqual(new Uint8Array([0, 1, 255]));
    await client.close();
  });

  it.each([
    ["its size is wrong", [0], { result_id: "res_1", result_size: 9 }],
    ["a chunk is missing", [0, 2], { result_id: "res_1" }],
    ["it is not complete", [0, 1], { result_id: "res_1" }],
    ["another one is named", [0], { result_id: "res_2" }],
    ["no chunk came", [], { result_id: "res_1" }],
  ])("fails when %s", async (_, chunks, terminal) => {
    const { job, peer, client } = await running();
    chunks.forEach((at, place) => peer.chunk(place + 1, at, "x", at !== 0 || chunks.length > 1));
    peer.result(chunks.length + 1, terminal);
    expect(ConnectionError.is(await failure(job.result()), "PROTOCOL")).toBe(true);
    await client.close();
  });

  it("is bounded", async () => {
    const { job, peer, client } = await running({ buffer: { resultBytes: 4 } });
    peer.chunk(1, 0, "four").chunk(2, 1, "!", false).result(3, { result_id: "res_1" });
    expect((await failure(job.result())).message).toMatch("exceeds 4 bytes");
    await client.close();
  });

  it("is of no use when the job fails in the middle", async () => {
    const { job, peer, client } = await running();
    peer.chunk(1, 0, "x").error(2, "INTERNAL_ERROR", "error");
    expect(ArcpError.is(await failure(job.result()), "INTERNAL_ERROR")).toBe(true);
    await client.close();
  });

  it("can be read while it comes; reading acknowledges", async () => {
    const { job, peer, client } = await running();
    peer.chunk(1, 0, "be");
    await until(() => job.status === "running");
    const reader = job.stream().getReader();
    const text = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await text()).toBe("be");
    const next = text();
    peer.chunk(2, 1, "fore").event(3).chunk(4, 2, "!", false);
    expect(await next).toBe("fore");
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 3 });
    expect(await text()).toBe("!");
    peer.result(5, { result_id: "res_1", result_size: 7 });
    expect(await reader.read()).toEqual({ value: undefined, done: true });
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 5 });
    expect(() => job.stream()).toThrow(TypeError);
    await expect(job.result()).rejects.toThrow(TypeError);
    await client.close();
  });

  it("errs as a stream when it is damaged, or the job fails", async () => {
    for (const [terminal, code] of [
      ["job.result", "PROTOCOL"],
      ["job.error", "TIMEOUT"],
    ] as const) {
      const { job, peer, client } = await running();
      const read = new Response(job.stream()).arrayBuffer();
      peer.chunk(1, 0, "x", false);
      if (terminal === "job.result") peer.result(2, { result_id: "res_1", result_size: 2 });
      else peer.error(2, "TIMEOUT", "timed_out");
      expect((await failure(read)).code).toBe(code);
      await client.close();
    }
  });

  it("that its reader cancels does not hold up the acks", async () => {
    const { job, peer, client } = await running();
    const stream = job.stream();
    peer.chunk(1, 0, "x");
    await stream.cancel();
    peer.chunk(2, 1, "y");
    expect((await peer.next("session.ack")).payload).toEqual({ last_processed_seq: 2 });
    await client.close();
  });

  it("may have come inline", async () => {
    const { job, peer, client } = await running();
    const text = new Response(job.stream()).text();
    peer.result(1, { result: "small" });
    expect(await text).toBe("small");
    await client.close();
  });
});
