import type { Budget, EventBody, EventKind } from "../../generated/current/index.js";
import { connectWith } from "../client/connect.js";
import type { Job } from "../client/job.js";
import type { ReceivedEvent } from "../client/job-event.js";
import type { SubmitOptions } from "../client/options.js";
import type { AgentContext, AuthorizedOperation } from "../runtime/context.js";
import type { RealPaths } from "../runtime/core.js";
import { createRuntime } from "../runtime/create.js";
import type { Runtime, RuntimeOptions } from "../runtime/create.js";
import type {
  CredentialProvisioner,
  ProvisionedCredential,
} from "../runtime/credentials/provisioner.js";
import type { Agent } from "../runtime/define.js";
import { aFunction, aNumber, anArray, anObject, checkOptions } from "../wire/options.js";
import type { Check, Checks } from "../wire/options.js";
import { testClock } from "./clock.js";
import type { TestClock } from "./clock.js";
import { seededEntropy } from "./entropy.js";

/** Stands in for what an agent hands to `ctx.tool`; called only for what the lease allows. */
export type ToolStub = (
  args: Readonly<Record<string, unknown>>,
  operation: AuthorizedOperation,
) => unknown;

/** A credential that an agent has in a test; its value has 8 characters at least. */
export type TestCredential = Pick<ProvisionedCredential, "id" | "value"> &
  Partial<ProvisionedCredential>;

/** What an agent is run with. */
export interface TestAgentOptions extends Pick<
  SubmitOptions,
  "lease" | "expiresAt" | "maxRuntimeSec" | "traceId"
> {
  /** By the tool's name: done in the place of the agent's own. A tool that is not named runs as it is. */
  readonly tools?: Readonly<Record<string, ToolStub>>;
  /** What `ctx.credentials` has. Of scheme `bearer` and for `https://example.com`, unless they say otherwise. */
  readonly credentials?: readonly TestCredential[];
  /** For the ids; the same seed gives the same. */
  readonly seed?: number;
  readonly limits?: RuntimeOptions["limits"];
  /** Models that the operator registered, for a job whose lease has no `model.use`. */
  readonly models?: RuntimeOptions["models"];
  readonly policy?: RuntimeOptions["policy"];
  readonly logger?: RuntimeOptions["logger"];
  /**
   * Makes the runtime: give `createRuntime` of `arcp` where the agent really touches files. By default paths
   * lead where they say, since there is no disc to ask.
   */
  readonly createRuntime?: (options: RuntimeOptions) => Runtime;
}

/** An agent at work in a test. There is nothing to close: it is all in memory, and its time stands still. */
export interface AgentRun<R = unknown> {
  /** What it has reported so far, in order. */
  readonly events: readonly ReceivedEvent[];
  /** `pending`, `running`, or how it ended. §7.3 */
  readonly status: string;
  readonly clock: TestClock;
  /** What is left to spend, by currency; absent where the lease names no budget. §9.6 */
  readonly budget: Budget | undefined;
  /** The bodies of its events of one kind so far. */
  bodies<K extends EventKind>(kind: K): readonly EventBody<K>[];
  bodies(kind: `x-vendor.${string}`): readonly Readonly<Record<string, unknown>>[];
  /** The next event of this kind, which may have come already; rejects if the job ends without one. */
  event<K extends EventKind>(kind: K): Promise<Extract<ReceivedEvent, { readonly kind: K }>>;
  event(kind: `x-vendor.${string}`): Promise<ReceivedEvent>;
  /**
   * The result, a streamed one put together. Rejects with the `ArcpError` that the job ended in. By then all
   * its events are in `events`.
   */
  result(): Promise<R>;
  /** Cancels the job; resolves when the runtime has agreed. An agent that ignores it is ended 30 s later. §7.4 */
  cancel(reason?: string): Promise<void>;
  /** Lets time pass for the job: its `expiresAt`, its `maxRuntimeSec`, the grace after a cancel. An agent's own timers are its own. */
  advance(ms: number): Promise<void>;
}

/**
 * Runs an agent as a job in a real runtime, in memory, under a clock that the test moves. Resolves when the job
 * is accepted; rejects with the `ArcpError` that refuses it, for an input that its schema does not take or a
 * lease that cannot be granted. §7.1
 *
 * ```ts
 * const run = await testAgent(agent, { path: "/a" }, { lease: { "fs.read": ["/**"] } });
 * assert.deepEqual(await run.result(), { lines: 3 });
 * ```
 */
export async function testAgent<R = unknown>(
  agent: Agent,
  input?: unknown,
  options: TestAgentOptions = {},
): Promise<AgentRun<R>> {
  checkOptions("testAgent", options, OPTIONS);
  const { tools, seed, createRuntime: create = createInMemory, ...rest } = options;
  const { limits, models, policy, logger, credentials, ...job } = rest;
  const clock = testClock();
  const entropy = seededEntropy(seed);
  const runtime = create({
    agents: [tools === undefined ? agent : withTools(agent, tools)],
    clock,
    entropy,
    ...(limits === undefined ? {} : { limits }),
    ...(models === undefined ? {} : { models }),
    ...(policy === undefined ? {} : { policy }),
    ...(logger === undefined ? {} : { logger }),
    ...(credentials === undefined ? {} : { credentials: issuing(credentials) }),
  });
  // Time only moves when the test says so, and then in leaps: a heartbeat would have nothing to tell.
  const client = await connect(runtime.dial("tester"), { clock, entropy, heartbeat: false });
  return runOf<R>(await client.submit<R>(`${agent.name}@${agent.version}`, input, job), clock);
}

/** What is judged further on, where it is used. */
const any: Check = ["anything", () => true];

const OPTIONS: Checks<TestAgentOptions> = {
  lease: any,
  expiresAt: any,
  maxRuntimeSec: any,
  traceId: any,
  tools: anObject,
  credentials: anArray,
  seed: aNumber,
  limits: any,
  models: any,
  policy: any,
  logger: any,
  createRuntime: aFunction,
};

/** Hands out what the test says, to the one job that there is. */
function issuing(given: readonly TestCredential[]): CredentialProvisioner {
  const common = { scheme: "bearer", endpoint: "https://example.com" };
  const credentials = given.map((one) => ({ ...common, ...one }));
  return { endsWithProcess: true, issue: () => ({ credentials }), revoke: () => undefined };
}

const connect = connectWith((url) => {
  throw new TypeError(`a test opens no address, such as ${url}`);
});

const asWritten: RealPaths = {
  one: async (path) => path,
  all: async (paths) => new Map(paths.map((path) => [path, path])),
};

function createInMemory(options: RuntimeOptions): Runtime {
  return createRuntime({ realPaths: asWritten, ...options });
}

/** The agent with some of its tools replaced. */
function withTools(agent: Agent, stubs: Readonly<Record<string, ToolStub>>): Agent {
  return {
    ...agent,
    run(input, context) {
      const tool: AgentContext["tool"] = (name, args, run, options) => {
        const stub = Object.hasOwn(stubs, name) ? stubs[name] : undefined;
        // That a stub gives what the agent's own tool would have given is for the test to see to.
        const instead = stub && ((operation: AuthorizedOperation) => stub(args, operation));
        return context.tool(name, args, (instead as typeof run | undefined) ?? run, options);
      };
      // Derived, not copied: what the context reads anew each time stays so.
      return agent.run(input, Object.assign(Object.create(context) as AgentContext, { tool }));
    },
  };
}

function runOf<R>(job: Job<R>, clock: TestClock): AgentRun<R> {
  const events: ReceivedEvent[] = [];
  let waiting: (() => void)[] = [];
  let taken = 0;
  let over = false;

  function changed(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  const reading = (async () => {
    try {
      for await (const event of job) {
        events.push(event);
        changed();
      }
    } catch {
      // What cut it off, `result` tells.
    } finally {
      over = true;
      changed();
    }
  })();

  return {
    events,
    get status() {
      return job.status;
    },
    clock,
    get budget() {
      return job.budget;
    },
    bodies: (kind: string) =>
      events.filter((event) => event.kind === kind).map(({ body }) => body as never),
    async event(kind: string) {
      for (;;) {
        while (taken < events.length) {
          const event = events[taken++]!;
          if (event.kind === kind) return event as never;
        }
        if (over) throw new Error(`the job ended (${job.status}) without another ${kind} event`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async result() {
      await reading;
      return job.result();
    },
    async cancel(reason) {
      await job.cancel(reason);
    },
    advance: (ms) => clock.advance(ms),
  };
}
