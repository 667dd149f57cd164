/** Rung R3: a runtime that the suite itself starts, kills at any moment, and starts again on what it left behind. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startChild, type Child } from "../peer/child.js";
import { Inconclusive, Unreachable } from "../peer/faults.js";
import { dial } from "../peer/socket.js";

/**
 * How to run an implementation, as a control file says it. `{port}` in both stands for a free port, `{folder}` in
 * `start` for an empty folder; both stay the same for all starts of one check.
 */
export interface Control {
  /** The command of the shell that starts it. What it has to keep it keeps in `{folder}`. */
  readonly start: string;
  /** Where it then is. It is ready when it answers an upgrade there. */
  readonly url: string;
  /** How long a start may take, in milliseconds; no `--time-scale` changes it. Default 20000. */
  readonly readyMs?: number;
}

/** One runtime in the hands of a check. */
export interface Controlled {
  readonly url: string;
  /** What it keeps is here. */
  readonly folder: string;
  /** Starts it. Resolves once it answers; rejects with `Unreachable` if it ends before, or says nothing in time. */
  start(): Promise<void>;
  /** Ends it with SIGKILL, and everything that it started. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Kills it and takes its folder away. Never rejects. */
  close(): Promise<void>;
}

/** What is wrong with a control file, with the JSON pointer of the place. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}

const defaultReadyMs = 20_000;

/** Reads the text of a control file. Throws a `ControlError` that says what is wrong, and where. */
export function readControl(text: string): Control {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ControlError(`no JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ControlError("it must be an object with the members start and url");
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members)) {
    if (name === "start" || name === "url" || name === "readyMs") continue;
    throw new ControlError(`/${name}: unknown; the members are start, url and readyMs`);
  }
  const { start, url, readyMs } = members;
  if (typeof start !== "string" || start.trim() === "") {
    throw new ControlError("/start: the command that starts the runtime is needed");
  }
  if (!start.includes("{port}")) {
    throw new ControlError("/start: it must hand {port} on, where the runtime is to listen");
  }
  if (
    typeof url !== "string" ||
    !/^wss?:\/\//.test(url) ||
    !URL.canParse(fill(url, { port: "1" }))
  ) {
    throw new ControlError("/url: an address is needed, such as ws://127.0.0.1:{port}/arcp");
  }
  if (readyMs === undefined) return { start, url };
  if (typeof readyMs !== "number" || !(readyMs > 0)) {
    throw new ControlError("/readyMs: a number of milliseconds above 0 is needed");
  }
  return { start, url, readyMs };
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A place for one runtime: a port, a folder. Nothing runs yet. */
export async function controlled(control: Control): Promise<Controlled> {
  const folder = await mkdtemp(join(tmpdir(), "arcp-control-"));
  const values = { folder, port: String(await freePort()) };
  const url = fill(control.url, values);
  let child: Child | undefined;
  const kill = async () => {
    child?.kill();
    await child?.ended;
    child = undefined;
  };
  return {
    url,
    folder,
    kill,
    start: async () => {
      const started = await startChild(fill(control.start, values));
      child = started;
      let last = "";
      const note = (data: Buffer) => (last = (last + String(data)).slice(-1000));
      started.output.on("data", note);
      started.errors.on("data", note);
      let gone = false;
      const over = started.ended.then((how) => {
        gone = true;
        throw new Unreachable(`the runtime of the control file ${how} at its start: ${last}`);
      });
      // It may end as it likes once it was ready: that is what it is there for.
      over.catch(() => undefined);
      await Promise.race([ready(url, control.readyMs ?? defaultReadyMs, () => gone), over]);
    },
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

/** Asks again until there is an answer, whatever it is, or nobody is there to give one. */
async function ready(url: string, within: number, gone: () => boolean): Promise<void> {
  const end = performance.now() + within;
  while (!gone()) {
    try {
      const answer = await dial(url, { within: Math.max(1, end - performance.now()) });
      if (!("status" in answer)) answer.terminate();
      return;
    } catch (error) {
      const { message } = error as Error;
      if (performance.now() >= end)
        throw new Unreachable(`not ready after ${within} ms: ${message}`);
    }
    await delay(25);
  }
}

/** A port that nobody listens at. Somebody else may take it before the runtime does; its start then fails, and says so. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Starts a runtime for the first time: if that fails there is nothing to be tested, and nothing is decided. */
export async function begin(place: Controlled): Promise<void> {
  try {
    await place.start();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    throw new Inconclusive(error.message);
  }
}
