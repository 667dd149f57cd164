/** A session as a runtime of draft 02 or 02.1 plays it: it says what its draft has, and no more. §5.5 */
import type { Frame } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { strangeTo, type Revision } from "../peer/revisions.js";
import { suiteClient } from "../peer/session.js";
import type { Loose } from "./driver.js";
import { FakeJob, Session, now, offeredBy, type Numbered, type WelcomeOptions } from "./session.js";

/** One session of an older runtime over all its connections. */
export class OlderSession extends Session {
  readonly revision: Revision;

  constructor(peer: Peer, revision: Revision) {
    super(peer);
    this.revision = revision;
  }

  /** The session's id stands in the envelope; agents are names. */
  override welcome(peer: Peer, hello: Frame, options: WelcomeOptions = {}): void {
    const offered = offeredBy(hello).filter((flag) => this.revision.features.includes(flag));
    const token = this.admit(peer, hello, options.features ?? offered);
    peer.revision = this.revision;
    const known = this.revision.features.length > 0;
    const payload = {
      runtime: suiteClient,
      resume_token: token,
      resume_window_sec: 600,
      ...(known ? { heartbeat_interval_sec: options.heartbeatSec ?? 60 } : {}),
      capabilities: {
        encodings: ["json"],
        ...(known ? { features: this.features } : {}),
        agents: ["echo"],
      },
      ...options.payload,
    };
    peer.send("session.welcome", payload, options.envelope);
  }

  /** Names the job in the payload alone, and no request. */
  override accept(submit: Frame, more: Loose = {}, envelope: Loose = {}): FakeJob {
    const job = new FakeJob(this, this.fresh("job"));
    const lease = submit.message.payload["lease_request"] ?? {};
    const payload = { job_id: job.id, lease, accepted_at: now(), ...more };
    this.peer.send("job.accepted", payload, envelope);
    return job;
  }

  /** Names the job in the envelope alone. */
  override deliver(message: Numbered, envelope: Loose = {}): void {
    const { job_id: _, completed_at: __, ...payload } = message.payload;
    super.deliver({ ...message, payload }, envelope);
  }

  override refuse(_request: Frame, code: string, more: Loose = {}): void {
    const payload = { code, message: "refused", retryable: false, ...more };
    this.peer.send("session.error", payload);
  }
}

/** What the client has said on a connection after its hello that this draft does not have. */
export function strangeWords(peer: Peer, hello: Frame): string[] {
  const said = peer.frames.filter(({ index }) => index > hello.index);
  return said.flatMap(({ message }) => strangeTo(peer.revision, message) ?? []);
}
