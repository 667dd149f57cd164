/** One job as a check sees it: what was accepted, and all that came for it on one connection. §7 */
import { isRecord, isTerminal, jobIdOf, type Frame } from "./message.js";
import type { Peer, WaitOptions } from "./peer.js";

/** A job that was accepted. Follows one connection; `on` follows it on another. */
export class Job {
  readonly id: string;
  readonly peer: Peer;
  readonly accepted: Frame;

  constructor(peer: Peer, id: string, accepted: Frame) {
    this.peer = peer;
    this.id = id;
    this.accepted = accepted;
  }

  /** The same job on another connection of its session. */
  on(peer: Peer): Job {
    return new Job(peer, this.id, this.accepted);
  }

  /** Everything of this job so far that is an event or its end, in order. */
  frames(): Frame[] {
    return this.peer.collect(
      (m) => (m.type === "job.event" || isTerminal(m)) && jobIdOf(m) === this.id,
    );
  }

  /** The events so far, or those of one kind. */
  events(kind?: string): Frame[] {
    return this.frames().filter(
      ({ message: m }) =>
        m.type === "job.event" && (kind === undefined || m.payload["kind"] === kind),
    );
  }

  /** The bodies of the events so far of one kind. */
  bodies(kind: string): Readonly<Record<string, unknown>>[] {
    return this.events(kind).map(({ message }) => {
      const body = message.payload["body"];
      return isRecord(body) ? body : {};
    });
  }

  /** Waits for an event of this kind whose body passes `test`. */
  event(
    kind: string,
    test: (body: Readonly<Record<string, unknown>>) => boolean = () => true,
    options: WaitOptions = {},
  ): Promise<Frame> {
    return this.peer.expect(
      (m) =>
        m.type === "job.event" &&
        jobIdOf(m) === this.id &&
        m.payload["kind"] === kind &&
        test(isRecord(m.payload["body"]) ? m.payload["body"] : {}),
      { what: `job.event of kind ${kind}`, ...options },
    );
  }

  /** Waits for the end of the job. */
  terminal(options: WaitOptions = {}): Promise<Frame> {
    return this.peer.expect((m) => isTerminal(m) && jobIdOf(m) === this.id, {
      what: `end of job ${this.id}`,
      ...options,
    });
  }

  /** Cancels the job and waits for the answer. */
  cancel(reason?: string): Promise<Frame> {
    return this.peer.request(
      "job.cancel",
      { job_id: this.id, ...(reason === undefined ? {} : { reason }) },
      "job.cancelled",
      { job_id: this.id },
    );
  }
}
