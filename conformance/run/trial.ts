/** What a check holds in its hands: connections, sessions, jobs, and the means to say what is wrong. */
import { CheckFailed, Inconclusive, Unreachable } from "../peer/faults.js";
import { Job } from "../peer/job.js";
import type { WireLog } from "../peer/log.js";
import { jobIdOf, type Frame } from "../peer/message.js";
import { Peer } from "../peer/peer.js";
import { mustWelcome, resumeBlock, type HelloOptions } from "../peer/session.js";
import { dial, type DialOptions, type Refused } from "../peer/socket.js";
import { scriptAgent, type ScriptStep } from "../script.js";
import { Attempt } from "./attempt.js";
import type { CheckDefinition } from "./check.js";
import { begin, type Controlled } from "./control.js";
import type { Presented, Target } from "./target.js";

/** How a session of a check begins. */
export interface SessionOptions {
  /** Features to offer; `null` leaves `capabilities` away. Default: all. */
  readonly features?: readonly string[] | null;
  /** The principal: `a` (default) or the second one. */
  readonly as?: "a" | "b";
}

/** What may be said besides the program when a job of the script agent is submitted. */
export interface SubmitOptions {
  readonly agent?: string;
  /** Further members of the payload, such as `lease_request`. */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Further members of the envelope, such as `trace_id`. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  /** Whether the message is wrong on purpose, and not held against the validators. */
  readonly malformed?: true;
}

/** Jobs of the suite end by themselves after this many seconds, whatever happens to the check. */
const safetySeconds = 120;

/** How long a process may take from its start to its first word; no `--time-scale` makes it faster. */
const childStartMs = 10_000;

/** The surroundings of one attempt at one check of a runtime. */
export class Trial extends Attempt {
  readonly target: Target;
  readonly presented: Presented;
  /** How many connections were asked for. */
  opened = 0;
  readonly #peers: Peer[] = [];
  /** The runtime that belongs to this check alone, if it has one. */
  #own: Controlled | undefined;

  constructor(target: Target, presented: Presented, log: WireLog, key: string) {
    super(target, log, key);
    this.target = target;
    this.presented = presented;
  }

  /** What is granted to a child for its start, in milliseconds that are not scaled. */
  override get startMs(): number {
    return this.target.carrier === "stdio" ? childStartMs : 0;
  }

  /** The token of a principal. A check without it is inconclusive. */
  token(as: "a" | "b" = "a"): string {
    const token = as === "a" ? this.target.token : this.target.tokenB;
    if (token !== undefined) return token;
    throw new Inconclusive(as === "a" ? "no token (--token)" : "no second principal (--token-b)");
  }

  /** Asks for a connection; the status when the upgrade is refused. */
  async dial(options: Omit<DialOptions, "within"> = {}): Promise<Peer | Refused> {
    const name = `c${++this.opened}`;
    const within = this.scale(5000);
    const own = this.#own;
    const socket = await (own === undefined
      ? this.target.open({ ...options, within })
      : dial(own.url, { ...options, within }));
    if ("status" in socket) {
      this.log.add(name, "*", `upgrade refused with ${socket.status}`);
      return socket;
    }
    const { log, scale, fresh } = this;
    const peer = new Peer(socket, { name, log, scale, fresh, startMs: this.startMs });
    this.#peers.push(peer);
    return peer;
  }

  /** Starts a runtime that belongs to this check alone; every connection is made to it from now on. Rung R3. */
  async start(): Promise<void> {
    if (this.target.control === undefined) throw new Inconclusive("no control file (--control)");
    this.#own = await this.target.control();
    await begin(this.#own);
    this.log.add("runtime", "*", "started");
  }

  /** Kills the runtime of this check at once, as `kill -9` does. */
  async kill(): Promise<void> {
    this.log.add("runtime", "*", "killed");
    await this.#own?.kill();
  }

  /** Starts the runtime of this check again, on what it left behind. */
  async restart(): Promise<void> {
    try {
      await this.#own?.start();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw new CheckFailed(`it does not come back after it was killed: ${error.message}`);
    }
    this.log.add("runtime", "*", "started again");
  }

  /** Opens a connection and insists on it. */
  async connect(): Promise<Peer> {
    const peer = await this.dial();
    if (peer instanceof Peer) return peer;
    throw new CheckFailed(`the upgrade was refused with ${peer.status}`);
  }

  /**
   * A session that looks on while others are attacked: `fence` proves that it still lives. Where each connection is
   * a process of its own nobody can be hurt by another, and there is nothing to prove.
   */
  async bystander(): Promise<Pick<Peer, "fence" | "closed">> {
    if (this.target.carrier === "stdio") return { fence: async () => {}, closed: undefined };
    return this.session();
  }

  /** Waits for the end of the connection; where the carrier has close codes, `code` must be the one. */
  async closes(peer: Peer, code: number, what: string): Promise<void> {
    const closed = await peer.expectClose();
    if (this.target.carrier === "websocket") this.equal(closed.code, code, `close code ${what}`);
  }

  /** What a session of these options says in its hello. */
  helloOptions(options: SessionOptions = {}): HelloOptions {
    return {
      token: options.as === "b" ? this.token("b") : (this.target.token ?? null),
      ...(options.features === undefined ? {} : { features: options.features }),
    };
  }

  /** Opens a connection and a session on it. */
  async session(options: SessionOptions = {}): Promise<Peer> {
    const peer = await this.connect();
    await mustWelcome(peer, this.helloOptions(options));
    return peer;
  }

  /** Opens a new connection and resumes the session of `old` on it, after `lastSeq`. */
  async resume(old: Peer, lastSeq: number, options: SessionOptions = {}): Promise<Peer> {
    const peer = await this.connect();
    const hello = this.helloOptions({ features: [...old.features], ...options });
    await mustWelcome(peer, { ...hello, resume: resumeBlock(old, lastSeq) });
    this.equal(peer.sessionId, old.sessionId, "session_id after the resume");
    return peer;
  }

  /** The payload of a submit of the script agent. */
  program(steps: readonly ScriptStep[], options: SubmitOptions = {}): Record<string, unknown> {
    return {
      agent: options.agent ?? scriptAgent,
      input: { steps },
      max_runtime_sec: safetySeconds,
      ...options.payload,
    };
  }

  /** Submits a program and insists on `job.accepted`. */
  async submit(
    peer: Peer,
    steps: readonly ScriptStep[],
    options: SubmitOptions = {},
  ): Promise<Job> {
    const payload = this.program(steps, options);
    const { envelope, malformed } = options;
    const after = peer.last;
    const id =
      malformed === true
        ? peer.sendMalformed("job.submit", payload, envelope)
        : peer.send("job.submit", payload, envelope);
    return this.accepted(peer, await peer.reply(id, "job.accepted", { after }));
  }

  /** Takes the answer to a submit as an acceptance, or fails. */
  accepted(peer: Peer, answer: Frame): Job {
    if (answer.message.type !== "job.accepted") {
      throw new CheckFailed(`the submit was refused: ${JSON.stringify(answer.message.payload)}`);
    }
    const id = jobIdOf(answer.message);
    if (id === undefined) throw new CheckFailed("job.accepted has no job_id");
    return new Job(peer, id, answer);
  }

  /** Submits a program, waits for its end and insists on success. */
  async succeed(
    peer: Peer,
    steps: readonly ScriptStep[],
    options: SubmitOptions = {},
  ): Promise<Job & { readonly end: Frame }> {
    const job = await this.submit(peer, steps, options);
    const end = await job.terminal();
    this.equal(end.message.type, "job.result", "the end of the job");
    return Object.assign(job, { end });
  }

  /** Insists on a `session.error` with this code (or one of these). */
  refused(answer: Frame, code: string | readonly string[], what: string): void {
    this.equal(answer.message.type, "session.error", `answer to ${what}`);
    const codes = typeof code === "string" ? [code] : code;
    const actual = answer.message.payload["code"];
    if (!codes.includes(String(actual))) {
      throw new CheckFailed(`${what}: code ${String(actual)} instead of ${codes.join(" or ")}`);
    }
  }

  /** What a check opened must be what it declares, or it would be left out, or run, where it should not. */
  override undeclared({ needs }: CheckDefinition): string | undefined {
    const { opened, target } = this;
    const declared = needs.connections;
    if ((needs.rung === "R3") !== (this.#own !== undefined)) {
      return "a check of R3 starts a runtime of its own, and no other one does";
    }
    if (opened > 1 && declared === undefined) {
      return `opened ${opened} connections and declares one`;
    }
    // Where each connection is a process, bystanders are none.
    const few = opened < 2 && declared !== undefined && target.carrier === "websocket";
    return few ? `declares connections ${declared}, and opened one` : undefined;
  }

  /** Ends every connection that the check opened, and the runtime that it started. */
  async end(): Promise<void> {
    for (const peer of this.#peers) peer.cut();
    await this.#own?.close();
  }
}
