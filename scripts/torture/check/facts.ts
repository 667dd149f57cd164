/** A history, sorted by what it is about: connections, sessions, jobs. No judgement yet. */
import { isTerminal } from "../history.js";
import type { AgentNote, Entry, History, Message, Principal, Work } from "../history.js";

/** A frame with its place in the history. */
export interface Frame {
  readonly at: number;
  readonly cycle: number;
  /** Its index in the history. */
  readonly place: number;
  readonly text: string;
  readonly message: Message;
  readonly connection: Connection;
}

export interface Connection {
  readonly number: number;
  readonly client: string;
  readonly principal: Principal;
  readonly audit: boolean;
  readonly sent: Frame[];
  readonly received: Frame[];
  /** Received frames with a number. */
  readonly numbered: Frame[];
  hello: Frame | undefined;
  welcome: Frame | undefined;
  /** What the hello was refused with. */
  refusal: Frame | undefined;
}

/** A request with the answer that it got, if it got one. */
export interface Request {
  readonly sent: Frame;
  readonly session: string | undefined;
  readonly answer: Frame | undefined;
}

/** A submit, taken apart. */
export interface Submit extends Request {
  readonly agent: string;
  readonly work: Work;
  readonly key: string | undefined;
  /** All that a key is compared by, as text. */
  readonly asked: string;
}

export interface Session {
  readonly id: string;
  /** Of the connection that it was first welcomed on. */
  readonly principal: Principal;
  /** In the order of their welcomes. */
  readonly connections: Connection[];
  /** What it has asked for, subscriptions too: to look on from the beginning is to be told all that the submitter is. */
  readonly submits: Submit[];
}

/** A job as it was seen from everywhere. */
export interface Job {
  readonly id: string;
  /** The job that delegated it. */
  readonly parent: string | undefined;
  /** Submits that were answered with it. */
  readonly submits: Submit[];
  /** Its numbered messages, in the order of arrival, copies too. */
  readonly frames: Frame[];
  readonly terminals: Frame[];
  readonly notes: AgentNote[];
  /** Tags that its own words bear. */
  readonly tags: Set<string>;
}

/** What a program was told of a job, without a number of its end. */
export interface Told {
  readonly place: number;
  readonly client: string;
  readonly job: string;
  readonly seq: number | undefined;
}

export interface Facts {
  readonly connections: readonly Connection[];
  readonly sessions: ReadonlyMap<string, Session>;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly submits: readonly Submit[];
  readonly cancels: readonly Request[];
  readonly subscribes: readonly Request[];
  readonly troubles: readonly { readonly place: number; readonly text: string }[];
  /** By client and job. */
  readonly tellings: ReadonlyMap<string, readonly Told[]>;
}

export function factsOf({ entries, notes }: History): Facts {
  const connections = new Map<number, Connection>();
  const troubles: { place: number; text: string }[] = [];
  const tellings = new Map<string, Told[]>();
  for (const [place, entry] of entries.entries()) {
    if (entry.do === "trouble") troubles.push({ place, text: entry.text });
    if (entry.do === "told") {
      const name = `${entry.client}, ${entry.job}`;
      tellings.set(name, [...(tellings.get(name) ?? []), { place, ...entry }]);
    }
    if (entry.do === "open") connections.set(entry.connection, newConnection(entry));
    if (entry.do === "sent" || entry.do === "received") {
      const connection = connections.get(entry.connection);
      if (connection !== undefined) take(connection, entry, place);
    }
  }
  const all = [...connections.values()];
  const sessions = sessionsOf(all);
  const requests = all.flatMap(requestsOf);
  const cancels = requests.filter(({ sent }) => sent.message.type === "job.cancel");
  const asked = requests.filter(({ sent }) => sent.message.type === "job.submit").map(submitOf);
  const submits = [...asked, ...delegations(all)];
  for (const submit of submits) sessions.get(submit.session ?? "")?.submits.push(submit);
  const jobs = jobsOf(all, submits, notes);
  const subscribes = requests.filter(({ sent }) => sent.message.type === "job.subscribe");
  for (const one of subscribes) {
    sessions.get(one.session ?? "")?.submits.push(...watched(one, jobs));
  }
  return { connections: all, sessions, jobs, submits, cancels, subscribes, troubles, tellings };
}

/** A subscription as a submit of its session that was answered with the job; nothing if it was refused. */
function watched(request: Request, jobs: ReadonlyMap<string, Job>): Submit[] {
  const { answer, sent } = request;
  const job = jobs.get(String(sent.message.payload["job_id"]));
  if (job === undefined || answer?.message.type === "session.error") return [];
  const [own] = job.submits;
  const [tag = ""] = job.tags;
  // Its counters are those of that moment, and not what the job began with.
  const like = { type: "job.accepted", payload: {} };
  const accepted = answer && { ...answer, message: { ...answer.message, ...like } };
  return [
    {
      ...{ sent, session: request.session, answer: accepted, key: undefined },
      ...{ agent: own?.agent ?? "", work: own?.work ?? { tag, count: 0 }, asked: "" },
    },
  ];
}

function newConnection({
  connection,
  client,
  principal,
  audit,
}: Entry & { do: "open" }): Connection {
  return {
    ...{ number: connection, client, principal, audit },
    ...{ sent: [], received: [], numbered: [] },
    ...{ hello: undefined, welcome: undefined, refusal: undefined },
  };
}

function take(
  connection: Connection,
  entry: Extract<Entry, { readonly text: string; readonly connection: number }>,
  place: number,
): void {
  const { at, cycle, text } = entry;
  const message = JSON.parse(text) as Message;
  const frame: Frame = { at, cycle, place, text, message, connection };
  if (entry.do === "sent") {
    connection.sent.push(frame);
    if (message.type === "session.hello") connection.hello = frame;
    return;
  }
  connection.received.push(frame);
  if (message.event_seq !== undefined) connection.numbered.push(frame);
  if (message.type === "session.welcome") connection.welcome = frame;
  if (message.type === "session.error" && connection.welcome === undefined) {
    connection.refusal = frame;
  }
}

function sessionsOf(connections: readonly Connection[]): Map<string, Session> {
  const sessions = new Map<string, Session>();
  const welcomed = connections
    .filter(({ welcome }) => welcome !== undefined)
    .sort((a, b) => a.welcome!.place - b.welcome!.place);
  for (const connection of welcomed) {
    const id = sessionOf(connection)!;
    const { principal } = connection;
    const session = sessions.get(id) ?? { id, principal, connections: [], submits: [] };
    session.connections.push(connection);
    sessions.set(id, session);
  }
  return sessions;
}

/** The session that a connection was welcomed to. */
export function sessionOf({ welcome }: Connection): string | undefined {
  return welcome?.message.session_id;
}

function requestsOf(connection: Connection): Request[] {
  const answers = new Map(
    connection.received.map((frame) => [frame.message.payload["request_id"], frame]),
  );
  const session = sessionOf(connection);
  return connection.sent.map((sent) => ({ sent, session, answer: answers.get(sent.message.id) }));
}

function submitOf(request: Request): Submit {
  const { payload } = request.sent.message;
  const { idempotency_key: key, ...rest } = payload;
  return {
    ...request,
    agent: String(payload["agent"]),
    work: payload["input"] as Work,
    key: key === undefined ? undefined : String(key),
    asked: JSON.stringify(rest),
  };
}

/** What jobs asked for, as submits that were answered with the child: each once in a session. */
function delegations(connections: readonly Connection[]): Submit[] {
  const found = new Map<string, Submit>();
  const received = connections.flatMap(({ numbered }) => numbered);
  for (const frame of received.sort((a, b) => a.place - b.place)) {
    const { message, connection } = frame;
    const body = message.payload["body"] as Delegated | undefined;
    if (message.payload["kind"] !== "delegate" || body?.child_job_id === undefined) continue;
    // Who looks on at a parent is not given its children.
    if (message.payload["origin_seq"] !== undefined) continue;
    const { child_job_id: child, agent, input } = body;
    const session = sessionOf(connection);
    const answer = { ...message, type: "job.accepted", job_id: child, payload: {} };
    const name = `${session}, ${child}`;
    if (found.has(name)) continue;
    found.set(name, {
      ...{ sent: frame, session, agent, work: input, key: undefined },
      answer: { ...frame, message: answer },
      asked: JSON.stringify(body),
    });
  }
  return [...found.values()];
}

interface Delegated {
  readonly child_job_id?: string;
  readonly agent: string;
  readonly input: Work;
}

function jobsOf(
  connections: readonly Connection[],
  submits: readonly Submit[],
  notes: readonly AgentNote[],
): Map<string, Job> {
  const jobs = new Map<string, Job>();
  const jobOf = (id: string): Job => {
    const job = jobs.get(id) ?? newJob(id);
    jobs.set(id, job);
    return job;
  };
  for (const submit of submits) {
    const accepted = acceptedJob(submit);
    if (accepted === undefined) continue;
    const job = jobOf(accepted);
    job.submits.push(submit);
    const { type, job_id: parent } = submit.sent.message;
    if (type === "job.event") jobs.set(accepted, { ...job, parent });
  }
  const numbered = connections
    .flatMap((connection) => connection.numbered)
    .sort((a, b) => a.place - b.place);
  for (const frame of numbered) {
    const job = jobOf(frame.message.job_id ?? "");
    job.frames.push(frame);
    if (isTerminal(frame.message)) job.terminals.push(frame);
    const tag = tagOf(frame.message);
    if (tag !== undefined) job.tags.add(tag);
  }
  for (const note of notes) jobOf(note.job).notes.push(note);
  return jobs;
}

function newJob(id: string): Job {
  return {
    id,
    parent: undefined,
    submits: [],
    frames: [],
    terminals: [],
    notes: [],
    tags: new Set(),
  };
}

/** The job that a submit was answered with. */
export function acceptedJob({ answer }: Request): string | undefined {
  return answer?.message.type === "job.accepted" ? answer.message.job_id : undefined;
}

/** Frames by the session that they came to. */
export function bySession(frames: readonly Frame[]): Map<string, Frame[]> {
  const groups = new Map<string, Frame[]>();
  for (const frame of frames) {
    const id = sessionOf(frame.connection) ?? "";
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [frame]);
    else group.push(frame);
  }
  return groups;
}

/** What an agent's `say` wrote into an event. */
export function saidIn({ type, payload }: Message) {
  const body = payload["body"] as { readonly message?: unknown } | undefined;
  if (type !== "job.event" || payload["kind"] !== "log") return undefined;
  const [tag = "", cycle = "", at = ""] = String(body?.message).split(" ");
  return { tag, cycle: Number(cycle), at: Number(at) };
}

function tagOf(message: Message): string | undefined {
  const result = message.payload["result"] as { readonly tag?: unknown } | undefined;
  if (message.type === "job.result" && result?.tag !== undefined) return String(result.tag);
  return saidIn(message)?.tag;
}
