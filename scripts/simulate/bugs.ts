/** Bugs that could be in the core, each planted by itself while the bundle is made: no source on the disc has one. */

/** A bug: in `file`, `from`, which is there once, is replaced by `to`. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const RUNTIME = "runtime-kit/runtime";

export const BUGS: readonly Bug[] = [
  {
    name: "what is to be said is said before the commit",
    file: `${RUNTIME}/commits.ts`,
    from: "if (stored !== undefined) await stored;",
    to: "stored?.catch(options.failed);",
  },
  {
    name: "a commit that failed is taken for one that did not",
    file: `${RUNTIME}/commits.ts`,
    from: "if (stored !== undefined) await stored;",
    to: "await stored?.catch(() => {});",
  },
  {
    name: "the events of one commit stand in reverse order",
    file: `${RUNTIME}/commits.ts`,
    from: "segment.entries.push(entry)",
    to: "segment.entries.unshift(entry)",
  },
  {
    name: "a job is accepted before that is durable",
    file: `${RUNTIME}/submits.ts`,
    from: "commits.after(() => {\n      say(job);",
    to: "say(job);\n    commits.after(() => {",
  },
  {
    name: "a cancel is acknowledged before it is durable",
    file: `${RUNTIME}/cancels.ts`,
    from: "commits.after(() => reply(asker, cancelledDraft(job.state, message.id)));",
    to: "reply(asker, cancelledDraft(job.state, message.id));",
  },
  {
    name: "a job's children go on when it has ended",
    file: `${RUNTIME}/jobs.ts`,
    from: 'cancelChildren(job, "the job that delegated it has ended");',
    to: "",
  },
  {
    name: "a list tells what a crash can undo",
    file: `${RUNTIME}/lists.ts`,
    from: 'commits.after(() => options.reply(asker, { type: "session.jobs", payload }));',
    to: 'options.reply(asker, { type: "session.jobs", payload });',
  },
  {
    name: "of two submits with one key at once, both make a job",
    file: `${RUNTIME}/jobs.ts`,
    from: "keys.add(job);",
    to: "commits.after(() => keys.add(job));",
  },
  {
    name: "whose job it is, is not asked at a cancel",
    file: `${RUNTIME}/cancels.ts`,
    from: "job === undefined || job.state.principal !== session.state.principal",
    to: "job === undefined",
  },
  {
    name: "idempotency keys are forgotten at a restart",
    file: "runtime-kit/jobs/state.ts",
    from: "    runUntil: undefined,\n    expiry: expiry",
    to: "    runUntil: undefined,\n    key: undefined,\n    expiry: expiry",
  },
  {
    name: "one key is one for all principals",
    file: `${RUNTIME}/keys.ts`,
    from: "JSON.stringify([principal, name])",
    to: "JSON.stringify([principal.length > 0, name])",
  },
  {
    name: "numbers are used again after a restart",
    file: "runtime-kit/sessions/server.ts",
    from: "nextSeq: Math.max(record.nextSeq, lastSeq + 1),",
    to: "nextSeq: record.nextSeq + 0 * lastSeq,",
  },
  {
    name: "the resume token is not rotated",
    file: "runtime-kit/sessions/resume.ts",
    from: "{ current: newHash, previous: usedHash }",
    to: "{ current: usedHash, previous: newHash.slice(1) }",
  },
  {
    name: "a resume token is good for ever",
    file: "runtime-kit/sessions/resume.ts",
    from: "return current || previous;",
    to: "return current || previous || hash.length > 0;",
  },
  {
    name: "a replay begins one too early",
    file: `${RUNTIME}/delivery.ts`,
    from: "      cursor,\n      running: false,",
    to: "      cursor: Math.max(0, cursor - 1),\n      running: false,",
  },
  {
    name: "a replay begins one too late",
    file: `${RUNTIME}/delivery.ts`,
    from: "      cursor,\n      running: false,",
    to: "      cursor: Math.min(session.committed, cursor + 1),\n      running: false,",
  },
  {
    name: "an ack frees what another reader needs",
    file: "runtime-kit/sessions/server.ts",
    from: "state.acked = acked;",
    to: "state.oldestSeq = state.acked = acked;",
  },
  {
    name: "who catches up misses what is on its way to the disc",
    file: `${RUNTIME}/numbering.ts`,
    from: "if (reader.next === first) giveNow(job, reader, first, entries);",
    to: "if (reader.next === first) reader.next = first + entries.length;",
  },
  {
    name: "a job ends twice",
    file: "runtime-kit/jobs/ending.ts",
    from: 'return [{ do: "append", index: state.entries++, entry }, { do: "ended" }];',
    to: 'return [{ do: "append", index: state.entries++, entry }, { do: "append", index: state.entries++, entry }, { do: "ended" }];',
  },
  {
    name: "what was spent is not stored",
    file: "runtime-kit/jobs/job.ts",
    from: 'now, limits), { do: "persist" }];',
    to: "now, limits)];",
  },
  {
    name: "who has nothing left may go on",
    file: "runtime-kit/leases/budget.ts",
    from: "counters.find(({ left }) => !isPositive(left))",
    to: 'counters.find(({ left }) => !isPositive(left) && left.startsWith("-1"))',
  },
  {
    name: "operations have the grace that ending a job has",
    file: "runtime-kit/leases/enforce.ts",
    from: "if (expiry === undefined || !hasExpired(expiry, now)) return undefined;",
    to: "if (expiry === undefined || now.monotonic < expiry.until + 1_000) return undefined;",
  },
  {
    name: "a lease lasts longer where the dates were set back",
    file: "runtime-kit/leases/expiry.ts",
    from: "return now.monotonic >= until || now.wall >= at;",
    to: "return now.wall >= at && until > 0;",
  },
  {
    name: "a subscription is forgotten at a restart",
    file: `${RUNTIME}/live.ts`,
    from: "into.set(reader.session, newReader(reader));",
    to: "if (watch === undefined) into.set(reader.session, newReader(reader));",
  },
  {
    name: "whose job it is, is not asked at a subscription",
    file: `${RUNTIME}/observers.ts`,
    from: 'if (state.principal === principal) return "allow";',
    to: 'if (state.principal === principal || state.parent === undefined) return "allow";',
  },
  {
    name: "a subscriber is told the number of the event before",
    file: `${RUNTIME}/origins.ts`,
    from: "return run.firstSeq + index - run.firstIndex;",
    to: "return run.firstSeq + index - run.firstIndex - (index > run.firstIndex ? 1 : 0);",
  },
  {
    name: "who subscribes misses what is said until its answer is durable",
    file: `${RUNTIME}/watch.ts`,
    from: "      options.reply(asker, draft);\n      numbering.catchUp(job);",
    to: "      options.reply(asker, draft);\n      for (const one of job.watchers.values()) one.next = job.committed;",
  },
  {
    name: "a job that is started again has all its money again",
    file: "runtime-kit/jobs/state.ts",
    from: "    runUntil: undefined,\n    expiry: expiry",
    to: "    runUntil: undefined,\n    budget: countersOf(record.lease),\n    expiry: expiry",
  },
  {
    name: "the last chunk is told twice",
    file: "runtime-kit/jobs/job.ts",
    from: 'if (effects[0]?.do === "append") stream.next += 1;',
    to: 'if (effects[0]?.do === "append" && input.more) stream.next += 1;\n  if (!input.more) effects.push({ ...effects[0], index: state.entries++ } as JobEffect);',
  },
  {
    name: "what was cancelled starts again after a crash",
    file: "runtime-kit/jobs/job.ts",
    from: "if (state.cancel !== undefined) return cancelled(state, now);\n  const { expiry } = state;",
    to: "state.cancel = undefined;\n  const { expiry } = state;",
  },
  {
    name: "an agent that must not is started again",
    file: "runtime-kit/jobs/job.ts",
    from: "(again && state.stream === undefined)",
    to: "state.stream === undefined",
  },
  {
    name: "an agent begins before that is durable",
    file: `${RUNTIME}/agent-runs.ts`,
    from: "return job.agent.restartable ? undefined : commits.flushed().catch(() => {});",
    to: "return undefined;",
  },
  {
    name: "an agent is started twice",
    file: `${RUNTIME}/agent-runs.ts`,
    from: "    else if (isChild(job)) begin(job);\n    else queue.push(job);",
    to: "    queue.push(job);",
  },
  {
    name: "the client asks for one event too few",
    file: "runtime-kit/sessions/client-connect.ts",
    from: "last_event_seq: state.lastSeq,",
    to: "last_event_seq: state.lastSeq + 1,",
  },
  {
    name: "the client loses what comes before its submit is answered",
    file: "runtime-kit/sessions/client-events.ts",
    from: "const kept = state.early.get(jobId) ?? [];",
    to: "const kept: Numbered[] = [];",
  },
];
