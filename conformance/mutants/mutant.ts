/**
 * A mutant is a small fault on the wire between the suite and a healthy runtime. It proves that a check can fail:
 * whoever lets it pass has not looked.
 */

/** Anything. Mutants take messages apart and put them together wrongly: types would only be in the way. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above; the one place where it is said
export type Loose = any;

/** A payload in the hands of a mutant, which may do anything to it. */
export type Body = Record<string, Loose>;

/** A message in the hands of a mutant. */
export interface Message {
  [member: string]: unknown;
  type: string;
  payload: Body;
}

/** What becomes of a message: nothing said, it goes on as it now is; `false`, it is lost; a list, these go on instead. */
export type Reaction = void | false | readonly Message[];

/** What all connections through one proxy share. */
export interface Shared {
  readonly links: Set<Link>;
  /** The sessions that were welcomed, with their newest welcome. */
  readonly welcomes: Map<string, Message>;
  /** The acceptance of each job: the first one, the last one, and the connection that this one came on. */
  readonly jobs: Map<string, { readonly first: Message; readonly accepted: Message; link: Link }>;
  /** The `auth` of each session's hello. */
  readonly auths: Map<string, unknown>;
  /** A place for what a mutant must remember. */
  readonly memory: Map<string, unknown>;
  /** Whether the runtime behind it was killed and started again. Only one that the suite controls ever is. */
  restarted: boolean;
}

/** One connection through the proxy. */
export interface Link {
  readonly shared: Shared;
  /** The query of its URL, with the `?`. */
  readonly query: string;
  /** The first hello or resume that went through. */
  hello: Message | undefined;
  /** The session, once welcomed. */
  sessionId: string | undefined;
  /** Whether the hello asked for a resume. */
  readonly resumed: boolean;
  /** The features that the hello offered. */
  readonly offered: readonly string[];
  /** What the client asked, by `id`. */
  readonly requests: Map<string, Message>;
  /** The jobs that were accepted on this connection. */
  readonly jobs: Set<string>;
  /** A place for what a mutant must remember of this connection. */
  readonly memory: Map<string, Loose>;
  toClient(message: Message): void;
  toServer(message: Message): void;
  closeClient(code: number): void;
}

/** How a line is read or written wrongly. §4.2 */
interface LineFaults {
  /** What the runtime makes of the bytes that come to it at once. */
  read?(bytes: Buffer, memory: Map<string, Loose>): Buffer;
  /** What the runtime makes of one line that comes to it. */
  readLine?(line: Buffer): Buffer;
  /** What it writes in the place of a line, line ends included. */
  write?(line: Buffer): Buffer;
  /** Takes what stands behind the last line end for a line. */
  readonly endsLastLine?: true;
  /** Does not notice that its input has ended. */
  readonly deafToEnd?: true;
}

/** One fault. All members but `name` and `about` are optional: what is absent changes nothing. */
export interface Mutant {
  readonly name: string;
  /** The fault of an implementation that it stands for. */
  readonly about: string;
  /** How far the liveness probe must come: to the end of a job (default), or to the welcome only. */
  readonly probe?: "hello";
  toClient?(message: Message, link: Link): Reaction;
  toServer?(message: Message, link: Link): Reaction;
  /** Changes a text before anything else looks at it; `undefined` loses it. */
  textToServer?(text: string): string | undefined;
  /** Changes a text after everything else. */
  textToClient?(text: string, message: Message): string;
  /** The bytes of a text, where they are not its UTF-8. */
  bytesToClient?(text: string): Buffer | undefined;
  /** Faults of the lines, which only stdio has. */
  readonly lines?: LineFaults;
  /** Whether a message goes to the client as a binary frame. */
  asBinary?(message: Message): boolean;
  /** Loses binary frames of the client. */
  readonly swallowBinary?: true;
  /** The HTTP status with which the upgrade is refused, if it is. */
  refuses?(headers: Readonly<Record<string, unknown>>): number | undefined;
  /** Reaches the runtime only when the client has sent something. */
  readonly dialsLate?: true;
  /** Another path than that of the runtime, at which it is reached. */
  readonly servesAt?: string;
  /** What it keeps from the runtime of the upgrade. */
  readonly forgets?: "query" | "origin" | "host";
  /** Another close code for the client. */
  closeCode?(code: number): number;
  /** Whether the client's connection stays open although the runtime closed. */
  staysOpen?(link: Link, code: number): boolean;
  /** The client's connection has ended. */
  clientGone?(link: Link): void;
  /** The client sent bytes that are no WebSocket. */
  clientBroken?(link: Link): void;
}

/** Whether the message is numbered in its session. §8.3 */
export function numbered({ type }: Message): boolean {
  return type === "job.event" || type === "job.result" || type === "job.error";
}

/** Whether the message ends a job. §7.3 */
export function terminal({ type }: Message): boolean {
  return type === "job.result" || type === "job.error";
}

/** The job that a message names. §5.1 */
export function jobOf(message: Message): string {
  return String(message["job_id"] ?? message.payload["job_id"]);
}

/** A copy with other members of payload and envelope. */
export function altered(message: Message, payload: Body, envelope: Body = {}): Message {
  return { ...message, ...envelope, payload: { ...message.payload, ...payload } };
}

/** Applies `change` to messages of these types, and to no others. */
export function on(
  types: readonly string[],
  change: (payload: Body, message: Message, link: Link) => Reaction,
): (message: Message, link: Link) => Reaction {
  return (message, link) =>
    types.includes(message.type) ? change(message.payload, message, link) : undefined;
}

/** Takes members out of the payload of these types. */
export function without(types: readonly string[], ...members: readonly string[]) {
  return on(types, (payload) => {
    for (const member of members) delete payload[member];
  });
}

/** Loses messages of these types. */
export function losing(...types: readonly string[]) {
  return on(types, () => false);
}
