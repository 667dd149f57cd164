import { describe, expect, it } from "vitest";
import { requirements } from "../../generated/current/requirements.js";
import { WireLog } from "../peer/log.js";
import { complete, killMatrix } from "../mutants/matrix.js";
import { runCheck } from "../run/runner.js";
import { select } from "../run/select.js";
import { clientBench, presentClient } from "./bench.js";
import { clientChecks } from "./checks/index.js";
import { clientContest } from "./contest.js";
import { clientExclusions } from "./excluded.js";
import { frozenClientIds } from "./frozen.js";
import { commandDriver, type Ear, type StartDriver } from "./link.js";
import { soundClientChecks } from "./main.js";
import { smallClient } from "./small/client.js";
import { faultNames, faults, type FaultName } from "./small/faults.js";
import { ClientTrial, type ClientTarget } from "./trial.js";

const target = (start: StartDriver): ClientTarget => ({
  start,
  command: "small",
  timeScale: 0.3,
  seed: "test",
});

async function run(id: string, start: StartDriver) {
  const [check] = select(clientChecks, [id]);
  const presented = await presentClient(target(smallClient()));
  return runCheck(check!, clientBench(target(start), presented), { retry: false });
}

/** A driver that does what `script` says, and nothing of itself. */
function scripted(script: (ear: Ear, line: Record<string, unknown>) => void): StartDriver {
  return (ear) => {
    queueMicrotask(() =>
      ear.line('{"client":"scripted 1","verbs":["connect","submit","resume","sync","close"]}'),
    );
    return {
      send: (line) => script(ear, JSON.parse(line) as Record<string, unknown>),
      stop: async () => undefined,
    };
  };
}

describe("the checks of clients", () => {
  it("are sound, all of them are frozen, and each fault is named by a check", () => {
    expect(soundClientChecks()).toHaveLength(clientChecks.length);
    expect(clientChecks.map(({ id }) => id).sort()).toEqual([...frozenClientIds].sort());
    const named = new Set(clientChecks.flatMap((check) => check.mutants));
    expect([...faultNames].filter((name) => !named.has(name))).toEqual([]);
    expect(faultNames.size).toBe(faults.length);
  });

  it("ask only for what binds a client", () => {
    const asked = clientChecks.flatMap((check) => check.requirements);
    const foreign = asked.filter((id) => !["client", "both"].includes(requirements[id].side));
    expect(foreign).toEqual([]);
  });

  it("are killed by the faults that they name, and pass without one", async () => {
    const some = ["8.3/", "6.3/newest-token", "6.8/error-fails-one-call", "6.2/nothing-before"];
    const checks = select(clientChecks, some);
    const named = new Set<string>(checks.flatMap((check) => check.mutants));
    const chosen = faults.filter(({ name }) => named.has(name));
    const options = { checks, faults: chosen, timeScale: 0.3, seed: "test", write: () => {} };
    const matrix = await killMatrix(clientContest(options));
    expect(matrix.kills.filter(({ killed }) => !killed)).toEqual([]);
    expect(matrix.kills.length).toBeGreaterThan(6);
    expect(complete(matrix)).toBe(true);
  });
});

describe("every requirement of clients", () => {
  const asked = new Set<string>(clientChecks.flatMap((check) => check.requirements));
  const left: readonly string[] = clientExclusions.map(({ id }) => id);

  it("is spoken for by a check, or excluded, once", () => {
    const binding = Object.entries(requirements)
      .filter(([, { side }]) => side === "client" || side === "both")
      .map(([id]) => id);
    expect(binding.filter((id) => !asked.has(id) && !left.includes(id))).toEqual([]);
    expect(left.filter((id, i) => asked.has(id) || left.indexOf(id) !== i)).toEqual([]);
    expect(left.filter((id) => !binding.includes(id))).toEqual([]);
  });

  it("is called a permission only if it is a MAY", () => {
    const permits = clientExclusions.filter(({ reason }) => reason === "permits");
    expect(permits.filter(({ id }) => requirements[id].level !== "MAY")).toEqual([]);
  });
});

describe("one check of a client", () => {
  it("keeps the wire and the driver's lines of a failure, without a secret", async () => {
    const result = await run("6.3/newest-token", smallClient("first-token-kept"));
    expect(result.verdict).toBe("fail");
    const log = JSON.stringify(result.log);
    expect(log).toContain("session.hello");
    expect(log).toContain('{\\"n\\":1,\\"do\\":\\"connect\\"');
    expect(log).not.toMatch(/tk_[A-Za-z0-9_-]{10}/);
    expect(log).not.toMatch(/rt_[0-9a-f]{10}/);
  });

  it("is not applicable where the driver tells no agents, and fails where it tells others", async () => {
    const telling = (agents: (line: string) => string): StartDriver => {
      return (ear) => smallClient()({ ...ear, line: (text) => ear.line(agents(text)) });
    };
    const silent = telling((text) => text.replace(/,"agents":\[[^\]]*\]/, ""));
    const result = await run("6.2/agents-in-both-forms", silent);
    expect(result).toMatchObject({
      verdict: "not-applicable",
      reason: "the driver tells no agents",
    });
    const other = telling((text) => text.replace(',"bare"', ""));
    expect(await run("6.2/agents-in-both-forms", other)).toMatchObject({ verdict: "fail" });
  });

  it("blames the harness where the driver speaks no protocol", async () => {
    const chatty = scripted((ear) => ear.line("Hello! How can I help?"));
    const result = await run("6.4/answers-pings", chatty);
    expect(result).toMatchObject({ verdict: "error" });
    expect(result.reason).toContain("the driver wrote what is no JSON object: Hello!");
    const wrong = await run(
      "6.4/answers-pings",
      scripted((ear) => ear.line('{"ok":1}')),
    );
    expect(wrong.reason).toContain("no line of the protocol in client.md");
  });

  it("blames the client where it ends in the middle", async () => {
    const dying = scripted((ear) => ear.end("ended with 1"));
    const result = await run("6.4/answers-pings", dying);
    expect(result).toMatchObject({ verdict: "fail", reason: expect.stringContaining("ended") });
  });

  it("is not decided where the client answers no ping of a fence, and only that check fails", async () => {
    const mute: FaultName = "mute-to-pings";
    expect(await run("6.4/answers-pings", smallClient(mute))).toMatchObject({ verdict: "fail" });
    const other = await run("5.1/ids-unique", smallClient(mute));
    expect(other).toMatchObject({ verdict: "inconclusive" });
  });

  it("is not run without the verb, and not applicable without the feature, that it needs", async () => {
    const presented = {
      ...(await presentClient(target(smallClient()))),
      verbs: new Set(["connect"]),
      features: new Set(["ack"]),
    };
    const bench = clientBench(target(smallClient()), presented);
    const [list] = select(clientChecks, ["6.6/cursor-is-opaque"]);
    const listed = await runCheck(list!, bench);
    expect(listed).toMatchObject({ verdict: "not-run", missing: "list", attempts: 0 });
    const [ping] = select(clientChecks, ["6.4/answers-pings"]);
    expect(await runCheck(ping!, bench)).toMatchObject({ verdict: "not-applicable" });
  });
});

describe("before the first check", () => {
  it("the client presents itself by its driver and its hello", async () => {
    const presented = await presentClient(target(smallClient()));
    expect(presented).toMatchObject({ name: "small", version: "1.0" });
    expect(presented.features.has("heartbeat")).toBe(true);
  });

  it("a driver that lacks a verb, or never connects, is told in one line", async () => {
    const poor: StartDriver = (ear) => {
      queueMicrotask(() => ear.line('{"client":"poor","verbs":["connect"]}'));
      return smallClient()({ ...ear, line: () => undefined });
    };
    await expect(presentClient(target(poor))).rejects.toThrow(/it did not say hello|does not know/);
    const idle = scripted(() => undefined);
    await expect(presentClient({ ...target(idle), timeScale: 0.01 })).rejects.toThrow(
      /it did not say hello: no connection within/,
    );
  });
});

describe("a driver that writes without end", () => {
  const first = '{"client":"flood 1","verbs":["connect","submit","resume","sync","close"]}\\n';
  // Who inherited its output writes on when it is killed.
  const child = 'require("child_process").spawn("yes", [], { stdio: "inherit" });';
  const flood = (begin: string, text: string, more = "") =>
    `process.stdout.write('${begin}'); const go = () => { while (process.stdout.write('${text}'.repeat(4096))); process.stdout.once("drain", go); }; go();${more}`;

  it.each([
    ["a line", "a line of more than 1024 KiB", flood("", "x")],
    ["a line, as a child of it does too", "1024 KiB|no JSON", flood("", "x", child)],
    ["what is no first line", "the first line is not", flood("", '{"news":"gap"}\\n')],
    ["news", "more than 32 MiB", flood(first, `{"news":"gap","of":"${"x".repeat(1000)}"}\\n`)],
  ])("%s, is cut off and told in one line", async (_, words, script) => {
    const start = commandDriver(process.execPath, ["-e", script]);
    await expect(presentClient(target(start))).rejects.toThrow(new RegExp(words));
  });
});

describe("the fake runtime", () => {
  it("hands out connections in their order, and ends with the attempt", async () => {
    const trial = new ClientTrial(target(smallClient()), new WireLog(), "test");
    const scene = await trial.session();
    await scene.dropAndResume();
    expect(scene.runtime.peers).toHaveLength(2);
    expect(scene.runtime.waiting).toBe(0);
    await trial.end();
    expect((await scene.peer.expectClose()).code).toBe(1006);
  });
});
