/** What a check of a client holds in its hands: the client, the fake runtime, and a session between them. */
import { randomBytes } from "node:crypto";
import { Attempt } from "../run/attempt.js";
import { CheckFailed } from "../peer/faults.js";
import type { WireLog } from "../peer/log.js";
import type { Frame, WireMessage } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import type { Revision } from "../peer/revisions.js";
import { Driver, type Loose, type News, type Reply } from "./driver.js";
import type { StartDriver } from "./link.js";
import { OlderSession } from "./older.js";
import { FakeRuntime } from "./runtime.js";
import { Session, type FakeJob, type WelcomeOptions } from "./session.js";

/** The client under test, as the command line names it and as it presents itself. */
export interface ClientTarget {
  readonly start: StartDriver;
  /** The command in words, for the report. */
  readonly command: string;
  readonly timeScale: number;
  readonly seed: string;
}

/** A client whose first hello has arrived and is not answered. */
export interface Greeting {
  readonly client: Driver;
  readonly runtime: FakeRuntime;
  readonly peer: Peer;
  readonly hello: Frame;
  /** What `connect` comes to. */
  readonly connecting: Promise<Reply>;
}

/** The surroundings of one attempt at one check of a client. */
export class ClientTrial extends Attempt {
  /** The bearer token that the client is given. */
  readonly token = `tk_${randomBytes(18).toString("base64url")}`;
  readonly #target: ClientTarget;
  readonly #drivers: Driver[] = [];
  readonly #runtimes: FakeRuntime[] = [];

  constructor(target: ClientTarget, log: WireLog, key: string) {
    super(target, log, key);
    this.#target = target;
    log.hide(this.token);
  }

  /** Milliseconds for a wait that is no shorter than `ms` after scaling: for what a client does by the clock. */
  atLeast(ms: number): number {
    return ms / Math.min(1, this.#target.timeScale);
  }

  /** Starts the client, and a runtime for it. */
  async start(): Promise<{ client: Driver; runtime: FakeRuntime }> {
    const client = new Driver(this.#target.start, this);
    this.#drivers.push(client);
    await client.ready();
    const runtime = await FakeRuntime.start(this);
    this.#runtimes.push(runtime);
    return { client, runtime };
  }

  /** Lets the client connect, and takes its hello. */
  async greeting(args: Loose = {}): Promise<Greeting> {
    const { client, runtime } = await this.start();
    const { url } = runtime;
    const connecting = client.call("connect", { url, token: this.token, ...args }, 20_000);
    const failed = connecting.then((reply) => {
      if ("error" in reply) throw new CheckFailed(`connect failed: ${JSON.stringify(reply.error)}`);
      throw new CheckFailed("connect succeeded without a welcome");
    });
    const peer = await Promise.race([runtime.next(), client.broken, failed]);
    const hello = await Promise.race([peer.expect("session.hello"), client.broken]);
    return { client, runtime, peer, hello, connecting };
  }

  /** A session that the client has entered; of an older draft, where one is named. */
  async session(options: WelcomeOptions = {}, revision?: Revision): Promise<Scene> {
    const greeting = await this.greeting();
    const { peer } = greeting;
    const session = revision === undefined ? new Session(peer) : new OlderSession(peer, revision);
    session.welcome(greeting.peer, greeting.hello, options);
    const reply = await greeting.connecting;
    this.ok("ok" in reply, `connect failed although it was welcomed: ${JSON.stringify(reply)}`);
    return new Scene(this, greeting, session, "ok" in reply ? reply.ok : {});
  }

  async end(): Promise<void> {
    for (const runtime of this.#runtimes) runtime.end();
    await Promise.all(this.#drivers.map((driver) => driver.stop()));
  }
}

/** A client and the session that it has entered. */
export class Scene {
  readonly t: ClientTrial;
  readonly client: Driver;
  readonly runtime: FakeRuntime;
  readonly session: Session;
  readonly hello: Frame;
  /** The answer to `connect`. */
  readonly connected: Loose;

  constructor(t: ClientTrial, greeting: Greeting, session: Session, connected: Loose) {
    this.t = t;
    this.client = greeting.client;
    this.runtime = greeting.runtime;
    this.hello = greeting.hello;
    this.session = session;
    this.connected = connected;
  }

  /** The connection that the session has now. */
  get peer(): Peer {
    return this.session.peer;
  }

  /** Asks the client to submit, and takes the message. The answer is up to the check. */
  async submitted(args: Loose = {}): Promise<{ frame: Frame; reply: Promise<Reply> }> {
    const after = this.peer.last;
    const reply = this.client.call("submit", { agent: "echo", ...args });
    return { frame: await this.peer.expect("job.submit", { after }), reply };
  }

  /** A job that the client has submitted and knows to be accepted. `more` are further members of the acceptance. */
  async job(args: Loose = {}, more: Loose = {}): Promise<FakeJob> {
    const { frame, reply } = await this.submitted(args);
    const job = this.session.accept(frame, more);
    await this.isAccepted(reply, job);
    return job;
  }

  /** Insists that a submit came to this job. */
  async isAccepted(reply: Promise<Reply>, job: FakeJob): Promise<void> {
    const answer = await reply;
    this.t.ok("ok" in answer, `submit failed although accepted: ${JSON.stringify(answer)}`);
    if ("ok" in answer) this.t.equal(answer.ok["job_id"], job.id, "job_id of the submit");
  }

  /** Insists that a call has failed, and returns its error. */
  async hasFailed(reply: Promise<Reply>, what: string): Promise<Loose> {
    const answer = await reply;
    this.t.ok("error" in answer, `${what} succeeded`);
    return "error" in answer ? answer.error : {};
  }

  /** Waits until the client has told an event of the job whose body has this message. */
  heard(job: FakeJob, message: string): Promise<News> {
    const test = (one: News) => isOf(one, job, "event") && messageOf(one) === message;
    return this.client.told(test, { what: `event "${message}" at the client's program` });
  }

  /** The messages of the job's log events, in the order in which the client told them. */
  messages(job: FakeJob): unknown[] {
    return this.client.news.filter((one) => isOf(one, job, "event")).map(messageOf);
  }

  /** Waits until the client has told how the job ended. */
  ended(job: FakeJob): Promise<News> {
    const what = "end of the job at the client's program";
    return this.client.told((one) => isOf(one, job, "end"), { what });
  }

  /** Everything sent so far was taken by the client, and what that made it tell is told. */
  async fence(): Promise<void> {
    if (this.peer.features.has("heartbeat")) {
      await this.peer.fence().catch((error: unknown) => {
        // Who answers no ping fails the check of pings, and is not blamed for everything else.
        if (!(error instanceof CheckFailed) || !error.byTime) throw error;
        this.t.inconclusive(`the client does not answer the ping of the fence: ${error.message}`);
      });
    } else {
      const { frame, reply } = await this.submitted();
      this.session.refuse(frame, "AGENT_NOT_AVAILABLE");
      await this.hasFailed(reply, "the submit of the fence");
    }
    await this.client.sync();
  }

  /** The client comes back after its connection was dropped, by itself or because it is asked to: its next hello. */
  async back(): Promise<{ peer: Peer; hello: Frame }> {
    void this.client.call("resume", {}, 30_000);
    const peer = await Promise.race([this.runtime.next(), this.client.broken]);
    const hello = await peer.expect(["session.hello", "session.resume"]);
    return { peer, hello };
  }

  /** Drops the connection, waits for the client and welcomes it to the same session. */
  async dropAndResume(options: WelcomeOptions = {}): Promise<Frame> {
    this.peer.cut();
    const { peer, hello } = await this.back();
    this.session.welcome(peer, hello, options);
    return hello;
  }

  /** Insists that nothing that matches came since `after` on the present connection; fences first. */
  async nothing(match: (m: WireMessage) => boolean, after: number, what: string): Promise<void> {
    await this.fence();
    const found = this.peer.collect(match, after);
    this.t.ok(found.length === 0, `${what}: ${found[0]?.text.slice(0, 300)}`);
  }
}

/** Whether the news is of this kind and about this job. */
export function isOf(one: News, job: FakeJob, news: News["news"]): boolean {
  return one.news === news && one["job_id"] === job.id;
}

function messageOf(one: News): unknown {
  return (one["body"] as { message?: unknown } | undefined)?.message;
}
