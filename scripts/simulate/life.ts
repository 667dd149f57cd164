/** One life of the runtime's process: from its start on a disc to its crash, after which nothing of it is heard. */
import { createHash } from "node:crypto";
import { createRuntimeOn } from "../../runtime-kit/runtime/create.js";
import type { Runtime } from "../../runtime-kit/runtime/create.js";
import { defineAgent } from "../../runtime-kit/runtime/define.js";
import type { InputSchema } from "../../runtime-kit/runtime/define.js";
import type { RuntimeLimits } from "../../runtime-kit/runtime/limits.js";
import type { Transport } from "../../runtime-kit/transports/port.js";
import type { Logger } from "../../runtime-kit/wire/logger.js";
import type { Clock, Entropy } from "../../runtime-kit/wire/time.js";
import { agentsOf } from "../torture/cast.js";
import type { AgentNote, Work } from "../torture/history.js";
import type { Random } from "../torture/random.js";
import { TOKENS } from "../torture/tokens.js";
import type { Disk } from "./disk.js";
import type { Scheduler } from "./scheduler.js";

export interface Life {
  readonly ready: Promise<void>;
  /** Resolves when its store has failed it. */
  readonly failed: Promise<unknown>;
  accept(transport: Transport): void;
  /** From now on nothing of it happens. */
  end(): void;
}

export interface LifeOptions {
  readonly cycle: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly disk: Disk;
  readonly limits: Partial<RuntimeLimits>;
  /** Milliseconds since the epoch. */
  readonly wall: () => number;
  readonly onJump: NonNullable<Clock["onJump"]>;
  readonly entropy: Entropy;
  readonly note: (note: Pick<AgentNote, "do" | "job">) => void;
  /** The runtime complains of something that is not the client's fault. */
  readonly complained: (text: string) => void;
}

/** How long turns of the event loop, hashes, looks at an input and at a token take at most, in milliseconds. */
const SLOWEST = { turn: 1, hash: 1, look: 1, verify: 4 };

export function startLife(options: LifeOptions): Life {
  const { cycle, scheduler, random, disk } = options;
  let alive = true;

  function after(ms: number, action: () => void): () => void {
    return scheduler.after(ms, () => alive && action());
  }
  const defer = (action: () => void, slowest = SLOWEST.turn): void =>
    void after(random.between(0, slowest * 20) / 20, action);

  const agents = agentsOf({
    cycle,
    note: (what, job) => options.note({ do: what, job }),
    turn: () => new Promise<void>((resolve) => defer(resolve)),
    pause: (ms) => new Promise<void>((resolve) => void after(ms, resolve)),
  });
  // An input takes a while to be looked at: meanwhile others may ask for the same.
  const input: InputSchema<Work> = {
    "~standard": {
      version: 1,
      vendor: "simulation",
      async validate(value) {
        await new Promise<void>((resolve) => defer(resolve, SLOWEST.look));
        return { value: value as Work };
      },
    },
  };
  const runtime: Runtime = createRuntimeOn(
    {
      defer: (action) => defer(action),
      stayAlive: () => () => {},
      async sha256(text) {
        await new Promise<void>((resolve) => defer(resolve, SLOWEST.hash));
        return createHash("sha256").update(text).digest("hex");
      },
    },
    {
      agents: agents.map((agent) => defineAgent({ ...agent, input })),
      async auth(token) {
        await new Promise<void>((resolve) => defer(resolve, SLOWEST.verify));
        return Object.entries(TOKENS).find(([, known]) => known === token)?.[0];
      },
      store: disk.open(() => alive),
      limits: options.limits,
      clock: clockOf(scheduler, options.wall, () => alive, options.onJump),
      entropy: options.entropy,
      logger: loggerOf((text) => alive && options.complained(text)),
    },
  );
  return {
    ready: runtime.ready,
    failed: runtime.failed,
    accept: (transport) => runtime.accept(transport),
    end: () => (alive = false),
  };
}

/** A clock of this world, which stands still for who is no longer in it. */
export function clockOf(
  scheduler: Scheduler,
  wall: () => number,
  alive: () => boolean,
  onJump: NonNullable<Clock["onJump"]>,
): Clock {
  return {
    monotonic: () => scheduler.now,
    wall,
    timer(at, callback) {
      if (at === Infinity) return () => {};
      return scheduler.at(at, () => alive() && callback());
    },
    onJump: (callback) => onJump(() => alive() && callback()),
  };
}

function loggerOf(complained: (text: string) => void): Logger {
  const quiet = (): void => {};
  return {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (data, text) => complained(`${text}: ${JSON.stringify(data)}`),
  };
}
