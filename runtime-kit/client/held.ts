import type { SessionFacts } from "../sessions/client-state.js";
import { readUpTo } from "../sessions/client-acks.js";
import type { ClientState, Pending } from "../sessions/client-state.js";
import { Job } from "./job.js";
import type { JobHost } from "./job.js";
import { textOfKept } from "./kept-session.js";
import type { KeptJob, KeptSubmission, KeptSubmit } from "./kept-session.js";

interface HeldJob {
  readonly job: Job;
  readonly submission: KeptSubmission;
}

/** The jobs of a session that is kept, each until its end was read; and what all of it looks like as text. */
export class Held {
  readonly #jobs = new Map<string, HeldJob>();
  /** Of a former process, and lost before anybody asked for them: told once, since nobody holds them. */
  #lost: Job[] = [];
  #asked = false;

  add(job: Job, submission: KeptSubmission): void {
    this.#jobs.set(job.id, { job, submission });
  }

  /** A job that a former process had. */
  restore(kept: KeptJob, host: JobHost): Job {
    const { job_id, submission, accepted: payload, read_seq: readSeq, result_from } = kept;
    const { trace_id } = submission;
    const message = { job_id, payload, ...(trace_id === undefined ? {} : { trace_id }) };
    const former = { readSeq, resultFrom: result_from };
    const job = new Job(message, submission.payload.agent, host, former);
    this.add(job, submission);
    return job;
  }

  /** Their session is gone: nothing of them can be gone on with. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#jobs.get(id);
      if (held !== undefined && !this.#asked) this.#lost.push(held.job);
      this.#jobs.delete(id);
    }
  }

  /** Those whose end the program has not read. */
  jobs(): readonly Job[] {
    this.#asked = true;
    const held = [...this.#jobs.values()].map(({ job }) => job);
    return [...this.#lost.splice(0), ...held.filter(({ reading }) => reading !== undefined)];
  }

  /** The session as it is now; `undefined` before there is one. */
  text(state: Readonly<ClientState>): string | undefined {
    const { session, acks, pending, left } = state;
    if (session === undefined) return undefined;
    const jobs: KeptJob[] = [];
    let upTo = readUpTo(acks);
    for (const { job, submission } of this.#jobs.values()) {
      const { reading } = job;
      if (reading === undefined) {
        this.#jobs.delete(job.id);
        continue;
      }
      const { accepted } = job;
      const { readSeq: read_seq, resultFrom: result_from } = reading;
      jobs.push({
        ...{ job_id: job.id, submission, accepted, read_seq },
        ...(result_from === undefined ? {} : { result_from }),
      });
      // A result is one thing: who has half of it gets all of it again.
      if (result_from !== undefined) upTo = Math.min(upTo, result_from - 1);
    }
    const unanswered = [...pending.values(), ...state.doomed.values(), ...left].flatMap(keptSubmit);
    return textOfKept({ ...keyOf(session), last_event_seq: upTo, jobs, unanswered });
  }
}

function keyOf({ id, resumeToken, features }: SessionFacts) {
  return { session_id: id, resume_token: resumeToken, features };
}

/** A submit that may have arrived; what was never sent nobody promised. */
function keptSubmit({ id, draft, repeatable, sent, unsure, abandoned }: Pending): KeptSubmit[] {
  if (draft.type !== "job.submit" || !repeatable || !(sent || unsure)) return [];
  const { trace_id, payload } = draft;
  return [
    {
      ...{ id, ...(trace_id === undefined ? {} : { trace_id }), payload },
      ...(abandoned ? { abandoned } : {}),
    },
  ];
}
