/** A runtime of ours, against what the traces and the tables of states of the draft say. */
import { memoryPair } from "../../runtime-kit/transports/memory.js";
import type { Transport } from "../../runtime-kit/transports/port.js";
import type { Acceptor } from "../../runtime-kit/testing/index.js";
import type { Sequence } from "../../runtime-kit/fuzzing/index.js";
import { drive } from "./drive.js";
import type { Dress } from "./drive.js";
import { CURRENT } from "./models.js";
import { target } from "./target.js";
import type { Target } from "./target.js";

/** What the stage cannot bring about: the death of the process, and limits that a submit would have to set. */
const BEYOND = ["crash", "lease over", "time over"];

/**
 * The traces that a puppet can act. The others begin in the middle of something, show what an agent is not told (summaries,
 * chunks, children), or wait for times and gateways.
 */
export const ACTED: readonly string[] = [
  ...["overview", "hello-welcome", "hello-refused", "resume-mid-job", "concurrent-submits"],
  ...["idempotency-conflict", "cancel-wins", "agent-version"],
];

function isActed({ id }: Sequence): boolean {
  return !id.startsWith("trace ") || ACTED.includes(id.slice("trace ".length));
}

/** A session expires once its log was freed, and that of a job that runs is not (RES-41). */
function keepsItsLog({ id }: Sequence): boolean {
  const words = id.split(" ");
  const ended = Math.max(...["return", "fail", "cancel"].map((word) => words.lastIndexOf(word)));
  return words.includes("expire") && words.lastIndexOf("accept") > ended;
}

/** The first sequence of a seed that can be played on this stage. */
function sequenceOf(kind: string, seed: number): Sequence | undefined {
  if (kind !== "legal" && kind !== "client") return undefined;
  for (const sequence of CURRENT.fuzz.sequences(seed, { kind })) {
    const events = sequence.steps.flatMap((step) => ("event" in step ? [step.event] : []));
    const beyond = events.some((event) => BEYOND.includes(event)) || keepsItsLog(sequence);
    if (isActed(sequence) && !beyond) return sequence;
  }
  return undefined;
}

type Message = Readonly<Record<string, unknown>>;

/** A runtime whose messages are changed on their way; one that becomes nothing ends the connection. */
export function changed(change: (message: Message) => readonly Message[] | undefined): Dress {
  return (runtime): Acceptor => ({
    accept(transport, peer) {
      const [mine, theirs] = memoryPair();
      runtime.accept(theirs, peer);
      void carry(transport, mine, (message) => [message]);
      void carry(mine, transport, change);
    },
  });
}

async function carry(
  from: Transport,
  to: Transport,
  change: (message: Message) => readonly Message[] | undefined,
): Promise<void> {
  const frames = from.incoming[Symbol.asyncIterator]();
  for (;;) {
    const next = await frames.next();
    if (next.done === true) return to.close(next.value.code, next.value.reason);
    let message: Message | undefined;
    try {
      message = JSON.parse(next.value) as Message;
    } catch {
      // Not JSON, which is what some sequences are about.
    }
    const instead = message === undefined ? undefined : change(message);
    if (message === undefined || (instead?.length === 1 && instead[0] === message)) {
      await to.send([next.value]);
    } else if (instead === undefined) return to.close(1011, "changed");
    else await to.send(instead.map((one) => JSON.stringify(one)));
  }
}

const withPayload = (message: Message, change: object): Message => ({
  ...message,
  payload: { ...(message["payload"] as object), ...change },
});

const ofType = (message: Message, ...types: string[]): boolean =>
  types.includes(String(message["type"]));

const sequences = target<Dress>({
  name: "sequences",
  make: (random) => [random.pick(["legal", "client"]), String(random.between(0, 2 ** 30))],
  subject: (runtime) => runtime,
  async check(dress, [kind = "", seed]) {
    const sequence = sequenceOf(kind, Number(seed));
    if (sequence === undefined) return undefined;
    const problem = await drive(CURRENT.fuzz, sequence, Number(seed), dress);
    return problem === undefined ? undefined : `${sequence.id}: ${problem}`;
  },
  bugs: {
    "an error that ends the session": changed((message) =>
      ofType(message, "session.error") ? undefined : [message],
    ),
    "one code for all": changed((message) => [
      ofType(message, "session.error") ? withPayload(message, { code: "INTERNAL_ERROR" }) : message,
    ]),
    "a terminal that comes twice": changed((message) =>
      ofType(message, "job.result", "job.error") ? [message, message] : [message],
    ),
    "a number that is left out": changed((message) => [
      typeof message["event_seq"] === "number" && message["event_seq"] > 1
        ? { ...message, event_seq: message["event_seq"] + 1 }
        : message,
    ]),
    "a resume that begins a new session": changed((message) => [
      ofType(message, "session.welcome")
        ? withPayload({ ...message, session_id: "sess_new" }, { session_id: "sess_new" })
        : message,
    ]),
    "a cancel that nobody confirms": changed((message) =>
      ofType(message, "job.cancelled") ? [] : [message],
    ),
    "a fault told of at its parent": changed((message) => {
      const { details = {} } = message["payload"] as { readonly details?: Message };
      const path = String(details["path"]).replace(/\/[^/]*$/, "");
      return [
        ofType(message, "session.error") && details["path"] !== undefined
          ? withPayload(message, { details: { ...details, path } })
          : message,
      ];
    }),
  },
});

export const SEQUENCES: readonly Target[] = [sequences];
