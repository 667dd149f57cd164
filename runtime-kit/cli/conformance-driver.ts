/**
 * The driver of the conformance suite for this client: it does what the suite says line by line, by the client's
 * public API alone, and tells what a program would have been told. The protocol is `conformance/client.md`.
 */
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import type { Client, Job, SubmitOptions } from "../client/index.js";
import { CLIENT_VERSION } from "../client/options.js";
import { connect } from "../node.js";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import type { Context } from "./context.js";
import { record } from "./context.js";

type Loose = Readonly<Record<string, unknown>>;

interface Command extends Loose {
  readonly n: number;
  readonly do: string;
}

const seconds = 1000;

/** Obeys the lines of the standard input until it ends. */
export async function drive(context: Context): Promise<void> {
  const driver = new Driver((line) => void record(context, line));
  const commands = createInterface({ input: context.io.stdin });
  for await (const line of commands) {
    if (line.trim() !== "") void driver.obey(JSON.parse(line) as Command);
  }
  await driver.end();
}

class Driver {
  readonly #write: (line: object) => void;
  readonly #jobs = new Map<string, Job>();
  #client: Client | undefined;
  #verbs: Readonly<Record<string, (command: Command) => Promise<object>>> = {
    connect: (command) => this.#connect(command),
    submit: (command) => this.#submit(command),
    cancel: async ({ job_id, reason }) => {
      const more = typeof reason === "string" ? [reason] : [];
      const { finalStatus } = await this.#connected().cancel(String(job_id), ...more);
      return { final_status: finalStatus };
    },
    list: async () => {
      const jobs: string[] = [];
      for await (const { job_id } of this.#connected().jobs()) jobs.push(job_id);
      return { jobs };
    },
    subscribe: (command) => this.#subscribe(command),
    unsubscribe: async ({ job_id }) => {
      this.#jobs.get(String(job_id))?.close();
      this.#jobs.delete(String(job_id));
      return {};
    },
    // This client comes back by itself.
    resume: async () => ({}),
    sync: async () => {
      await setImmediate();
      return {};
    },
    close: async () => {
      await this.#connected().close();
      return {};
    },
  };

  constructor(write: (line: object) => void) {
    this.#write = write;
    write({ client: `arcp ${CLIENT_VERSION}`, verbs: Object.keys(this.#verbs) });
  }

  async obey(command: Command): Promise<void> {
    const { n } = command;
    try {
      const verb = this.#verbs[command.do];
      if (verb === undefined) throw new TypeError(`this driver does not know ${command.do}`);
      this.#write({ n, ok: await verb(command) });
    } catch (error) {
      this.#write({ n, error: failureOf(error) });
    }
  }

  async end(): Promise<void> {
    await this.#client?.close();
  }

  #connected(): Client {
    if (this.#client === undefined) throw new ConnectionError("CLOSED", "not connected yet");
    return this.#client;
  }

  async #connect({ url, token }: Command): Promise<object> {
    this.#client = await connect(String(url), {
      token: String(token),
      // Short, so that the suite need not wait; the program of a client chooses.
      reconnect: { minDelayMs: 100, maxDelayMs: 500 },
      on: {
        reconnecting: ({ error }) => this.#write({ news: "lost", ...failureOf(error) }),
        gap: ({ reason }) => this.#write({ news: "gap", reason }),
        closed: ({ error }) => this.#write({ news: "closed", ...failureOf(error) }),
      },
    });
    const { session, agents } = this.#client;
    const names = agents.map(({ name }) => name);
    return { session_id: session.id, features: session.features, agents: names };
  }

  async #submit({ agent, input, ...args }: Command): Promise<object> {
    const { lease_request, idempotency_key, trace_id, expires_in_sec } = args;
    const job = await this.#connected().submit(String(agent), input, {
      ...(lease_request === undefined
        ? {}
        : { lease: lease_request as NonNullable<SubmitOptions["lease"]> }),
      ...(typeof idempotency_key === "string" ? { idempotencyKey: idempotency_key } : {}),
      ...(typeof trace_id === "string" ? { traceId: trace_id } : {}),
      ...(typeof expires_in_sec === "number"
        ? { expiresAt: new Date(Date.now() + expires_in_sec * seconds) }
        : {}),
    });
    return this.#take(job);
  }

  async #subscribe({ job_id, from }: Command): Promise<object> {
    const options = typeof from === "number" ? { from } : {};
    return this.#take(await this.#connected().watch(String(job_id), options));
  }

  #take(job: Job): object {
    if (!this.#jobs.has(job.id)) {
      this.#jobs.set(job.id, job);
      void this.#follow(job);
    }
    return { job_id: job.id };
  }

  async #follow(job: Job): Promise<void> {
    const job_id = job.id;
    try {
      for await (const { seq, kind, body } of job) {
        this.#write({ news: "event", job_id, seq, kind, body });
      }
      const result = shown(await job.result());
      this.#write({ news: "end", job_id, status: "success", result });
    } catch (error) {
      // It was given back, which is no end of it.
      if (this.#jobs.get(job_id) !== job) return;
      const status = job.finalStatus === "success" ? "damaged" : (job.finalStatus ?? "cut off");
      this.#write({ news: "end", job_id, status, error: failureOf(error) });
    }
  }
}

/** Bytes are no JSON. */
function shown(result: unknown): unknown {
  return result instanceof Uint8Array ? { base64: Buffer.from(result).toString("base64") } : result;
}

function failureOf(error: unknown): object {
  if (error === undefined) return {};
  if (ArcpError.is(error)) {
    return { code: error.code, message: error.reason, retryable: error.retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ConnectionError ? error.code : "UNEXPECTED";
  return { code, message, retryable: false };
}
