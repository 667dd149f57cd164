import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { Artefact } from "./artefact.js";
import { emitAll } from "./emit.js";
import { bundle, load } from "./load.js";
import { sampleModel } from "./testing.js";

interface Problem {
  readonly path: string;
  readonly code: string;
  readonly expected: string;
  readonly actual: string;
  readonly section: string;
  readonly message: string;
}
interface Validated {
  readonly kind: "known" | "unknown" | "invalid";
  readonly message?: Readonly<Record<string, unknown>>;
  readonly problems?: readonly Problem[];
}
interface Generated {
  validateMessage(x: unknown): Validated;
  validateEventBody(kind: string, body: unknown): readonly Problem[] | undefined;
  intersect(theirs: readonly string[], ours: readonly string[]): string[];
  featureOf(type: string): string | undefined;
  isTerminal(status: string): boolean;
  nextJobStatus(from: string, on: string): string | undefined;
  dispatchToRuntime(
    handlers: Record<string, unknown>,
    message: unknown,
    ...rest: unknown[]
  ): unknown;
  isClientToRuntime(message: unknown): boolean;
  isRuntimeToClient(message: unknown): boolean;
  isKnownEvent(event: unknown): boolean;
  readonly Limits: Readonly<Record<string, number>>;
  readonly MessageType: Readonly<Record<string, string>>;
  readonly SUPPORTED_VERSIONS: readonly string[];
}

let files: Artefact[];
let generated: Generated;

beforeAll(async () => {
  files = await emitAll(sampleModel(), "arcp 0.0.0");
  generated = (await load(files)) as unknown as Generated;
});

const event = {
  id: "m1",
  type: "job.event",
  job_id: "j1",
  event_seq: 1,
  payload: { kind: "tool_call", ts: "2026-11-23T10:00:00Z", body: { tool: "grep" } },
};

function problemsOf(x: unknown): readonly Problem[] {
  const result = generated.validateMessage(x);
  expect(result.kind).toBe("invalid");
  return result.problems ?? [];
}

const sink = (payload: unknown) => ({ id: "m", type: "kitchen.sink", payload });

describe("validateMessage", () => {
  it("hands a good message on as it is", () => {
    const result = generated.validateMessage(event);
    expect(result).toEqual({ kind: "known", message: event });
    expect(result.message).toBe(event);
  });

  it.each(["job.unknown", "x-vendor.acme.hi", "__proto__", "constructor", "toString", ""])(
    "takes %j for a type that it does not know",
    (type) => {
      const message = { id: "m1", type, payload: {} };
      expect(generated.validateMessage(message)).toEqual({ kind: "unknown", message });
    },
  );

  it.each(["x-vendor.acme.hi", "__proto__", "constructor"])(
    "lets an event of the unknown kind %j have any body",
    (kind) => {
      const message = { ...event, payload: { ...event.payload, kind, body: { any: 1 } } };
      expect(generated.validateMessage(message).kind).toBe("known");
    },
  );

  it("wants a job to be named in the envelope or in the payload, and puts it in the envelope", () => {
    const { job_id: _, ...bare } = event;
    const message = { ...bare, payload: { ...bare.payload, job_id: "j2" } };
    expect(generated.validateMessage(message)).toEqual({
      kind: "known",
      message: { ...message, job_id: "j2" },
    });
    expect(message).not.toHaveProperty("job_id");
    expect(problemsOf(bare)).toMatchObject([
      { path: "/job_id", code: "required", actual: "nothing" },
    ]);
  });

  it("wants the number of a numbered message", () => {
    const { event_seq: _, ...bare } = event;
    expect(problemsOf(bare)).toMatchObject([
      { path: "/event_seq", code: "required", section: "2" },
    ]);
  });

  it("says in the envelope, the payload or the body where it is wrong, and which section says so", () => {
    expect(problemsOf(5)).toEqual([
      {
        path: "",
        code: "type",
        expected: "object",
        actual: "integer",
        section: "1",
        message: "the message: expected object, got integer (§1)",
      },
    ]);
    expect(problemsOf({ ...event, id: "" })).toMatchObject([
      { path: "/id", code: "minLength", expected: "at least 1 characters", actual: "0 characters" },
    ]);
    expect(problemsOf({ ...event, payload: { ...event.payload, ts: "now" } })).toMatchObject([
      { path: "/payload/ts", code: "format", section: "2" },
    ]);
    expect(problemsOf({ ...event, payload: { ...event.payload, body: {} } })).toMatchObject([
      {
        path: "/payload/body/tool",
        code: "required",
        message: "/payload/body/tool: expected a value, got nothing (§2)",
      },
    ]);
  });

  it("points below a definition, with what a pointer cannot hold escaped", () => {
    const submit = { id: "m", type: "job.submit", payload: { agent: "a", lease: { "a/b~": [1] } } };
    expect(problemsOf(submit)).toMatchObject([
      { path: "/payload/lease/a~1b~0/0", code: "type", expected: "string", actual: "integer" },
    ]);
  });

  it("never says what a string of the message was", () => {
    const secret = "hunter2-hunter2";
    const wrong = [
      { ...event, event_seq: secret },
      { ...event, payload: secret },
      { id: "m", type: "job.submit", payload: { agent: `${secret}!` } },
      sink({ bounded: secret, enumeration: secret, date: secret, constant: secret, flag: secret }),
      sink({ never: `x${secret}`, list: [secret], map: { a: secret }, either: { name: 1 } }),
      sink({ integer: [secret], number: { secret }, closed: null, exactly: secret, tree: secret }),
    ];
    for (const x of wrong) expect(JSON.stringify(problemsOf(x))).not.toContain("hunter2");
  });

  it("says at most eight things", () => {
    const list = Array.from({ length: 50 }, () => "x");
    expect(problemsOf({ id: "m", type: "kitchen.sink", payload: { list } })).toHaveLength(8);
  });

  it("tells of a choice first what was wrong in the branch of the right type", () => {
    const payload = { either: { name: 1 } };
    const found = problemsOf({ id: "m", type: "kitchen.sink", payload });
    expect(found.map(({ path, code }) => `${path} ${code}`)).toEqual([
      "/payload/either/name type",
      "/payload/either anyOf",
    ]);
  });

  it("does not fall for members that every object inherits", () => {
    const text = '{"id":"m","type":"job.submit","payload":{"__proto__":{"agent":"a"}}}';
    expect(problemsOf(JSON.parse(text))).toMatchObject([
      { path: "/payload/agent", code: "required" },
    ]);
  });
});

describe("validateEventBody", () => {
  it("knows good bodies, bad ones and kinds that it does not know", () => {
    expect(generated.validateEventBody("tool_call", { tool: "grep" })).toEqual([]);
    expect(generated.validateEventBody("tool_call", {})).toMatchObject([{ path: "/tool" }]);
    expect(generated.validateEventBody("constructor", {})).toBeUndefined();
  });
});

describe("the tables", () => {
  it("keep of the peers' flags those that both have, once, in their order", () => {
    expect(generated.intersect(["b", "x", "a", "b"], ["a", "b", "c"])).toEqual(["b", "a"]);
    expect(generated.intersect(["constructor"], ["a"])).toEqual([]);
  });

  it("know which flag gates a message", () => {
    expect(generated.featureOf("session.ping")).toBe("heart.beat");
    expect(generated.featureOf("job.submit")).toBeUndefined();
    expect(generated.featureOf("constructor")).toBeUndefined();
  });

  it("know the steps of a job", () => {
    expect(generated.nextJobStatus("idle", "finish")).toBe("done");
    expect(generated.nextJobStatus("done", "finish")).toBeUndefined();
    expect([generated.isTerminal("done"), generated.isTerminal("idle")]).toEqual([true, false]);
    expect(generated.isTerminal("a word of tomorrow")).toBe(false);
  });

  it("hold the vocabulary", () => {
    expect(generated.MessageType).toHaveProperty("JobSubmit", "job.submit");
    expect(generated.Limits).toEqual({ maxFrameBytes: 1024, maxJobs: Infinity });
    expect(generated.SUPPORTED_VERSIONS).toEqual(["1.0", "9.9"]);
  });
});

describe("dispatch", () => {
  it("hands a message to the handler of its type, with the rest", () => {
    const handlers = { "job.submit": (...seen: unknown[]) => seen };
    const message = { type: "job.submit" };
    expect(generated.dispatchToRuntime(handlers, message, 1, 2)).toEqual([message, 1, 2]);
  });

  it.each(["job.event", "constructor"])("refuses %s, which does not travel that way", (type) => {
    expect(() => generated.dispatchToRuntime({}, { type })).toThrow(
      new TypeError(`no handler for ${type}`),
    );
  });

  it("knows who sends what", () => {
    const sides = ["job.submit", "job.event", "session.ping", "constructor"].map((type) => [
      generated.isClientToRuntime({ type }),
      generated.isRuntimeToClient({ type }),
    ]);
    expect(sides).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(generated.isKnownEvent({ kind: "tool_call" })).toBe(true);
    expect(generated.isKnownEvent({ kind: "x-vendor.acme.hi" })).toBe(false);
  });
});

describe("the output", () => {
  it("runs where code may not be made from strings", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-no-eval-"));
    try {
      const file = join(folder, "run.mjs");
      const proof = "try { new Function('return 1'); console.log('flag is off'); } catch {}";
      const run = `console.log(validateMessage(${JSON.stringify(event)}).kind, validateMessage({}).problems.length);`;
      await writeFile(file, `${await bundle(files)}\n${proof}\n${run}\n`);
      const flags = ["--disallow-code-generation-from-strings", file];
      const { stdout } = await promisify(execFile)(process.execPath, flags);
      expect(stdout).toBe("known 3\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
