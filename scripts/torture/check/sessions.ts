/** Sessions: who gets in with which token, who sees what, and what is refused. W-08, W-20 */
import type { Connection, Facts, Frame, Request, Session } from "./facts.js";
import { acceptedJob, sessionOf } from "./facts.js";
import { violation } from "./violation.js";
import type { Violation } from "./violation.js";

interface Resume {
  readonly session_id: string;
  readonly resume_token: string;
  readonly last_event_seq: number;
}

function resumeOf({ hello }: Connection): Resume | undefined {
  return hello?.message.payload["resume"] as Resume | undefined;
}

/** A token opens its session until a later one was used; the newest always does. */
export function resumes({ connections, sessions }: Facts): Violation[] {
  return connections.flatMap((connection) => {
    const resume = resumeOf(connection);
    const session = resume && sessions.get(resume.session_id);
    if (resume === undefined || session?.principal !== connection.principal) return [];
    const tokens = tokensOf(session);
    const rank = tokens.findIndex(({ token }) => token === resume.resume_token);
    return connection.refusal === undefined
      ? stale(connection, tokens, rank)
      : turnedAway(connection, session, tokens, rank);
  });
}

interface Token {
  readonly token: string;
  readonly issued: Frame;
  /** The token that it was given for, and when that was asked. */
  readonly by: string | undefined;
}

/** A session's tokens in the order in which they were received. */
function tokensOf({ connections }: Session): readonly Token[] {
  return connections.map((connection) => ({
    token: String(connection.welcome!.message.payload["resume_token"]),
    issued: connection.welcome!,
    by: resumeOf(connection)?.resume_token,
  }));
}

function stale(connection: Connection, tokens: readonly Token[], rank: number): Violation[] {
  const { hello, welcome } = connection;
  if (welcome === undefined || hello === undefined || rank < 0) return [];
  const newer = tokens.slice(rank + 1).map(({ token }) => token);
  const used = tokens.find(
    ({ by, issued }) => by !== undefined && newer.includes(by) && issued.place < hello.place,
  );
  if (used === undefined) return [];
  const text = `${sessionOf(connection)}: a token was accepted after a later one had been used`;
  return [violation("stale token", welcome, text)];
}

function turnedAway(
  { hello, refusal }: Connection,
  session: Session,
  tokens: readonly Token[],
  rank: number,
): Violation[] {
  const before = tokens.filter(({ issued }) => issued.place < hello!.place);
  if (rank < 0 || rank !== before.length - 1) return [];
  const text = `${session.id}: refused with its newest token: ${refusal!.text}`;
  return [violation("lost", refusal!, text)];
}

/** Nobody is refused but for what the clients do wrong on purpose. */
export function refusals({
  connections,
  sessions,
  submits,
  cancels,
  subscribes,
}: Facts): Violation[] {
  const found: Violation[] = [];
  const answer = (frame: Frame | undefined, fine: boolean) => {
    if (fine || frame?.message.type !== "session.error") return;
    found.push(violation("refused", frame, `refused: ${frame.text}`));
  };
  for (const connection of connections) {
    // Where a session was asked for, `resumes` judges.
    const resume = resumeOf(connection);
    const known = resume !== undefined && sessions.has(resume.session_id);
    const code = connection.refusal?.message.payload["code"];
    answer(connection.refusal, known && (code === "UNAUTHENTICATED" || !isForeign(connection)));
  }
  // `keys` judges those that have one. A lease may have ended, or the dates have jumped, before it was asked for.
  for (const { answer: given, key, sent } of submits) {
    answer(given, key !== undefined || "lease_constraints" in sent.message.payload);
  }
  const owners = ownersOf(submits);
  for (const cancel of cancels) answer(cancel.answer, isForeignTo(owners, cancel));
  for (const one of subscribes) {
    // A log that cannot be read is told as such; that this is the disc's fault is seen by whoever runs the process.
    const { retryable } = one.answer?.message.payload ?? {};
    answer(one.answer, isForeignTo(owners, one) || retryable === true);
  }
  return found;

  function isForeign(connection: Connection): boolean {
    const session = sessions.get(resumeOf(connection)?.session_id ?? "");
    return session?.principal !== connection.principal;
  }
}

function ownersOf(submits: Facts["submits"]): ReadonlyMap<string | undefined, string> {
  return new Map(
    submits.map((submit) => [acceptedJob(submit), submit.sent.connection.principal] as const),
  );
}

function isForeignTo(owners: ReadonlyMap<string | undefined, string>, { sent }: Request): boolean {
  const owner = owners.get(String(sent.message.payload["job_id"]));
  return owner !== undefined && owner !== sent.connection.principal;
}

/** Nothing of one principal is shown to another: no session, no job, no row, nor that they are there. */
export function foreign({
  connections,
  sessions,
  submits,
  cancels,
  subscribes,
}: Facts): Violation[] {
  const owners = ownersOf(submits);
  const leaks = connections.flatMap((connection) => {
    const { principal, welcome } = connection;
    const session = sessions.get(sessionOf(connection) ?? "");
    const opened = welcome !== undefined && session?.principal !== principal ? [welcome] : [];
    const shown = connection.received.filter(({ message }) =>
      jobsIn(message).some((job) => (owners.get(job) ?? principal) !== principal),
    );
    return [...opened, ...shown];
  });
  const told = [...cancels, ...subscribes]
    .filter((one) => isForeignTo(owners, one))
    .flatMap(({ answer }) => (answer === undefined ? [] : [answer]))
    .filter(({ message }) => message.payload["code"] !== "JOB_NOT_FOUND");
  return [...new Set([...leaks, ...told])].map((frame) =>
    violation("foreign leak", frame, `${frame.connection.principal} was sent ${frame.text}`),
  );
}

function jobsIn({ type, job_id: own, payload }: Frame["message"]): readonly string[] {
  if (type === "session.jobs") {
    return (payload["jobs"] as readonly { readonly job_id: string }[]).map(({ job_id: id }) => id);
  }
  return own !== undefined && type !== "session.error" ? [own] : [];
}
