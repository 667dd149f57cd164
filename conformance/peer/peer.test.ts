import { afterEach, describe, expect, it } from "vitest";
import type { Body } from "../mutants/mutant.js";
import { fakeRuntime, type Script } from "../run/fake-runtime.test-helper.js";
import { present } from "../run/preflight.js";
import { Trial } from "../run/trial.js";
import { CheckFailed } from "./faults.js";
import { WireLog } from "./log.js";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function trial(script: Script = {}): Promise<Trial> {
  const { target, stop } = await fakeRuntime(script);
  const made = new Trial(target, await present(target), new WireLog(), "test");
  ends.push(async () => (made.end(), stop()));
  return made;
}

/** Records what a runtime is asked, and answers as usual. */
function recorder() {
  const asked: string[] = [];
  const answer = ({ type }: Body) => void asked.push(type as string);
  return { asked, answer: (message: Body) => answer(message) ?? undefined };
}

describe("the fence", () => {
  it("pings where heartbeats are negotiated, else lists, else submits for nobody", async () => {
    for (const [features, last] of [
      [["list_jobs", "heartbeat"], "session.ping"],
      [["list_jobs"], "session.list_jobs"],
      [[], "job.submit"],
    ] as const) {
      const { asked, answer } = recorder();
      const t = await trial({ features, answer });
      await (await t.session()).fence();
      expect(asked.at(-1)).toBe(last);
    }
  });

  it("returns only when what came before has arrived", async () => {
    const t = await trial({
      answer: ({ type }) =>
        type === "x-vendor.conformance.ask" ? [{ type: "session.error", payload: {} }] : undefined,
    });
    const peer = await t.session();
    peer.send("x-vendor.conformance.ask");
    await peer.fence();
    expect(peer.collect("session.error")).toHaveLength(1);
  });

  it("fails where the answer bears another nonce", async () => {
    const t = await trial({
      answer: ({ type }) =>
        type === "session.ping"
          ? [{ type: "session.pong", payload: { ping_nonce: "other" } }]
          : undefined,
    });
    await expect((await t.session()).fence()).rejects.toThrow(/session.pong of the fence/);
  });
});

describe("replies", () => {
  const two = (first: Body, second: Body) => {
    let held: Body | undefined;
    return ({ type, id }: Body): Body[] | undefined => {
      if (type !== "session.list_jobs") return undefined;
      if (held === undefined) return ((held = { id }), []);
      const make = (extra: Body, to: unknown) => ({
        type: "session.jobs",
        payload: { jobs: [], ...(extra["named"] === true ? { request_id: to } : {}) },
      });
      return [make(first, id), make(second, held["id"])];
    };
  };

  it("are matched by the request that they name, in any order", async () => {
    const t = await trial({ answer: two({ named: true }, { named: true }) });
    const peer = await t.session();
    const [a, b] = [peer.send("session.list_jobs"), peer.send("session.list_jobs")];
    const [toA, toB] = [await peer.reply(a, "session.jobs"), await peer.reply(b, "session.jobs")];
    expect([toA.message.payload["request_id"], toB.message.payload["request_id"]]).toEqual([a, b]);
  });

  it("that name none are matched in the order of arrival, each once", async () => {
    const t = await trial({ answer: two({}, {}) });
    const peer = await t.session();
    const [a, b] = [peer.send("session.list_jobs"), peer.send("session.list_jobs")];
    const [toA, toB] = [await peer.reply(a, "session.jobs"), await peer.reply(b, "session.jobs")];
    expect(toA.index).toBeLessThan(toB.index);
  });
});

describe("waiting", () => {
  it("ends with its deadline, and says that only time failed it", async () => {
    const peer = await (await trial()).session();
    const error = await peer.expect("job.event").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CheckFailed);
    expect(error).toMatchObject({ byTime: true, message: "no job.event within 250 ms" });
  });

  it("ends at once when the connection does, and keeps the close code", async () => {
    const t = await trial({
      answer: ({ type }, socket) =>
        type === "session.bye" ? (socket.close(4009, "superseded"), []) : undefined,
    });
    const peer = await t.session();
    peer.send("session.bye");
    await expect(peer.expect("session.closed")).rejects.toMatchObject({ byTime: false });
    expect(await peer.expectClose()).toEqual({ code: 4009, reason: "superseded" });
  });

  it("counts only frames after the index that it is given", async () => {
    const peer = await (await trial()).session();
    await peer.fence();
    await expect(peer.expect("session.pong", { after: peer.last })).rejects.toThrow(
      /no session.pong/,
    );
  });
});

describe("a fence behind submits", () => {
  it("waits for what a pong overtakes, and keeps its own answers to itself", async () => {
    const held: Body[] = [];
    const answer = ({ type, id }: Body) => {
      if (type !== "job.submit") return undefined;
      const payload = { code: "AGENT_NOT_AVAILABLE", message: "no", request_id: id };
      held.push({ type: "session.error", payload });
      return held.length < 2 ? [] : held.splice(0);
    };
    const peer = await (await trial({ answer })).session();
    const id = peer.send("job.submit", { agent: "a" });
    await peer.fence();
    expect(peer.collect("session.error")).toEqual([]);
    await peer.settle();
    const named = peer.collect("session.error").map(({ message }) => message.payload["request_id"]);
    expect(named).toEqual([id]);
  });

  it("fails where anything is accepted", async () => {
    const answer = ({ type, id }: Body): Body[] | undefined =>
      type === "job.submit"
        ? [{ type: "job.accepted", payload: { job_id: "job_1", request_id: id } }]
        : undefined;
    const peer = await (await trial({ answer })).session();
    await expect(peer.settle()).rejects.toThrow(/nobody hosts/);
  });
});

describe("a ping of the runtime", () => {
  it("is answered, unless the check plays dead", async () => {
    const { asked, answer } = recorder();
    const pinging = (message: Body, socket: { send(text: string): void }) => {
      answer(message);
      if (message.type !== "session.ping") return undefined;
      socket.send(
        JSON.stringify({ arcp: "1.1", id: "p", type: "session.ping", payload: { nonce: "n" } }),
      );
      return undefined;
    };
    const t = await trial({ answer: pinging });
    const peer = await t.session();
    await peer.fence();
    await peer.fence();
    expect(asked.filter((type) => type === "session.pong").length).toBeGreaterThan(0);
    peer.answersPings = false;
    const before = asked.filter((type) => type === "session.pong").length;
    await peer.fence();
    await peer.fence();
    // The pong of the ping before may still have been on its way.
    expect(asked.filter((type) => type === "session.pong").length).toBeLessThan(before + 2);
  });
});
