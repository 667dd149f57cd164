/** Plays sequences of the model against a runtime of ours in memory. */
import { createHash } from "node:crypto";
import { defineAgent } from "../../runtime-kit/index.js";
import { createRuntimeOn } from "../../runtime-kit/runtime/create.js";
import type { Platform } from "../../runtime-kit/runtime/create.js";
import { scriptedClient, seededEntropy, testClock } from "../../runtime-kit/testing/index.js";
import type { Acceptor, ScriptedClient } from "../../runtime-kit/testing/index.js";
import type { Fault, Fuzzer, Player, Sequence, Turn } from "../../runtime-kit/fuzzing/index.js";
import { puppet } from "./puppet.js";
import type { Command } from "./puppet.js";

/** What a runtime of ours becomes on its way to the client. */
export type Dress = (runtime: Acceptor) => Acceptor;

/** Longer than the window in which a session can be resumed, and than what is kept of a log beyond it. */
const WINDOW_MS = 600_000;
/** Turns of the event loop after which nothing comes any more: all is in memory. */
const TURNS = 200;

/** Nothing that another thread does, so that what is waited for comes within turns of the loop. */
const platform: Platform = {
  defer: (action) => void setImmediate(action),
  stayAlive: () => () => {},
  sha256: async (text) => createHash("sha256").update(text).digest("hex"),
};

/** The agents that traces submit to, and that of the walks. */
const AGENTS: readonly (readonly [name: string, ...versions: string[]])[] = [
  ["agent"],
  ["report-builder"],
  ["web-research"],
  ["linter"],
  ["weekly-report"],
  ["monthly-report"],
  ["indexer"],
  ["code-refactor", "1.0.0", "2.0.0"],
];

/**
 * What a runtime does otherwise than a sequence says; nothing if all is as it should be. A legal sequence is played to
 * its end; one with a fault is answered as the draft says, and goes on where the session lives.
 */
export async function drive(
  fuzz: Fuzzer,
  sequence: Sequence,
  seed: number,
  dress: Dress,
): Promise<string | undefined> {
  const clock = testClock();
  const agent = puppet();
  const runtime = createRuntimeOn(platform, {
    agents: AGENTS.flatMap(([name, ...versions]) =>
      (versions.length === 0 ? ["1.0.0"] : versions).map((version) =>
        defineAgent({ name, version, run: agent.run }),
      ),
    ),
    auth: (token) => (token === "token" ? "somebody@example.com" : undefined),
    limits: { resumeWindowMs: WINDOW_MS, retentionMs: WINDOW_MS },
    clock,
    entropy: seededEntropy(seed),
  });
  try {
    const player = fuzz.play(sequence, { side: "client", seed });
    return await play(player, sequence, {
      connect: () => scriptedClient(dress(runtime)),
      command: (command) => agent.latest()?.take(command),
      running: () => agent.latest() !== undefined,
      pass: () => clock.advance(WINDOW_MS * 3),
    });
  } finally {
    await runtime.close();
  }
}

interface Stage {
  connect(): ScriptedClient;
  command(command: Command): void;
  running(): boolean;
  pass(): Promise<void>;
}

async function play(
  player: Player,
  { id, steps, fault }: Sequence,
  stage: Stage,
): Promise<string | undefined> {
  let client: ScriptedClient | undefined;
  let read = 0;
  /** The next message that came, after it came. */
  const next = async () => {
    for (let turns = 0; turns < TURNS; turns += 1) {
      const message = client?.seen[read];
      if (message !== undefined) {
        read += 1;
        return message;
      }
      if (client?.ended !== undefined) return undefined;
      await turn();
    }
    return undefined;
  };
  for (let now: Turn | undefined = player.next(); now !== undefined; now = player.next()) {
    if (now.do === "receive") {
      if (id.startsWith("trace ")) await act(steps[now.step]!);
      const message = await next();
      if (message === undefined) {
        const how =
          client?.ended === undefined ? "nothing came" : `it hung up, ${client.ended.code}`;
        return `step ${now.step}: ${how} in the place of ${now.type}`;
      }
      const problem = player.receive(message);
      if (problem !== undefined) return `${problem}: ${JSON.stringify(message)}`;
    } else if (now.do === "send") {
      if (client === undefined) return `step ${now.step}: nobody is connected`;
      client.sendText(now.frame);
      if (fault?.at !== now.step) continue;
      const problem = await answered(fault, next, client);
      if (problem !== undefined || fault.expect?.ends === true) return problem;
    } else {
      const problem = await happen(now.event);
      if (problem !== undefined) return `step ${now.step}: ${problem}`;
    }
  }
  // What nobody asked for would come now.
  const more = client?.ended === undefined ? client?.seen[read] : undefined;
  return more === undefined ? undefined : `at the end ${more.type} came: ${JSON.stringify(more)}`;

  /** In a trace nobody says what the agent does: what comes of it is shown. */
  async function act(step: Sequence["steps"][number]): Promise<void> {
    if (!("members" in step)) return;
    const { kind, body } = step.members as { readonly kind?: string; readonly body?: object };
    if (step.type === "job.event") {
      await tell({ do: "event", kind: kind ?? "", body: { ...body } });
    } else if (step.type === "job.result") await tell({ do: "return" });
  }

  async function tell(command: Command): Promise<void> {
    for (let turns = 0; turns < TURNS && !stage.running(); turns += 1) await turn();
    await settled();
    stage.command(command);
  }

  async function happen(event: string): Promise<string | undefined> {
    switch (event) {
      case "connect":
        client = stage.connect();
        read = 0;
        return undefined;
      case "drop":
        await settled();
        client?.drop();
        return undefined;
      case "end":
        for (let turns = 0; turns < TURNS && client?.ended === undefined; turns += 1) await turn();
        return client?.ended === undefined ? "the transport is still open" : undefined;
      case "window over":
        await settled();
        await stage.pass();
        return undefined;
      case "start":
      case "return":
      case "fail":
        await tell({ do: event });
        return undefined;
      default:
        return undefined;
    }
  }
}

/** What is wrong with the answer to a fault. */
async function answered(
  fault: Fault,
  next: () => Promise<{ readonly type: string; readonly payload: object } | undefined>,
  client: ScriptedClient,
): Promise<string | undefined> {
  const { id, expect, pointer } = fault;
  if (expect === undefined) return undefined;
  const wrong = (what: string): string => `${id} (${expect.requirements.join(", ")}): ${what}`;
  const answer = await next();
  if (answer?.type !== expect.type) {
    return wrong(`${answer?.type ?? "nothing"} in the place of ${expect.type}`);
  }
  const { code, details = {} } = answer.payload as {
    readonly code?: unknown;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  if (expect.code !== undefined && code !== expect.code) {
    return wrong(`${String(code)} in the place of ${expect.code}`);
  }
  for (const [name, value] of Object.entries(expect.details ?? {})) {
    if (details[name] !== value)
      return wrong(`details.${name} is ${JSON.stringify(details[name])}`);
  }
  if (pointer !== undefined && details["path"] !== pointer) {
    return wrong(`it is said to be wrong at ${JSON.stringify(details["path"])}, not ${pointer}`);
  }
  for (let turns = 0; turns < TURNS && client.ended === undefined && expect.ends; turns += 1) {
    await turn();
  }
  if (!expect.ends) await settled();
  return (client.ended !== undefined) === expect.ends
    ? undefined
    : wrong(expect.ends ? "the transport stays open" : "the transport ends");
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
