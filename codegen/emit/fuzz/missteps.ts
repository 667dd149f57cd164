import type { Model } from "../../model/types.js";
import type { Step } from "./steps.js";
import { writtenVersion } from "./version.js";
import { readFirst, unknownCode } from "./words.js";
import type { Unknown } from "./words.js";

/** Something that may not be done, and what the draft says comes of it. */
export interface Misstep {
  readonly id: string;
  /** Who does it. */
  readonly side: "client" | "runtime";
  /** Where the session stands before, and where its latest job does, if there is to be one. */
  readonly in: { readonly session: string; readonly job?: "none" | "running" | "ended" };
  /** Requirements that the last step breaks. */
  readonly breaks: readonly string[];
  /** What leads to it, and in the last step the thing itself. */
  readonly steps: readonly Step[];
  /** What the other side answers. Absent where the draft does not say. */
  readonly expect?: Expected;
}

/** The answer to a misstep. */
export interface Expected {
  /** Requirements that say so. */
  readonly requirements: readonly string[];
  readonly type: string;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whether the transport ends then. Else the session lives on. */
  readonly ends: boolean;
}

interface Written {
  readonly id: string;
  readonly side?: Misstep["side"];
  readonly in: Misstep["in"];
  readonly breaks?: readonly string[];
  /** As in a trace block, the first that the revision has the words for; or a frame that is no message. */
  readonly text: string | readonly string[] | { readonly frame: string };
  readonly says?: readonly string[];
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly ends?: boolean;
}

const SUBMIT = "C > R  job.submit { agent: $AGENT";
const hello = (auth: string, more = ""): string => `C > R  session.hello { auth: ${auth}${more} }`;
const BEARER = '{ scheme: "bearer", token: $TOKEN }';
const resume = (session: string, token: string, seq: string): string =>
  hello(
    BEARER,
    `, resume: { session_id: ${session}, resume_token: ${token}, last_event_seq: ${seq} }`,
  );

/** What a client may not do, and what a runtime has to refuse. */
const CLIENT: readonly Written[] = [
  {
    id: "first-message",
    in: { session: "greeting" },
    breaks: ["HELLO-01", "HELLO-101"],
    text: `${SUBMIT} }`,
    says: ["HELLO-02", "SERR-03"],
    ends: true,
  },
  {
    id: "wrong-token",
    in: { session: "greeting" },
    text: hello('{ scheme: "bearer", token: $WRONG }'),
    says: ["AUTH-03", "AUTH-04"],
    code: "UNAUTHENTICATED",
    ends: true,
  },
  {
    id: "no-token",
    in: { session: "greeting" },
    breaks: ["AUTH-01"],
    text: hello('{ scheme: "bearer" }'),
    says: ["AUTH-03", "AUTH-04"],
    code: "UNAUTHENTICATED",
    ends: true,
  },
  {
    id: "unknown-scheme",
    in: { session: "greeting" },
    text: hello('{ scheme: "x-vendor.example.none", token: $TOKEN }'),
    says: ["AUTH-05", "AUTH-03", "AUTH-04"],
    code: "UNAUTHENTICATED",
    ends: true,
  },
  {
    id: "resume-unknown-session",
    in: { session: "greeting" },
    text: resume("$NOBODY", "$WRONG", "0"),
    says: ["RES-25", "RES-29"],
    code: "UNAUTHENTICATED",
    ends: true,
  },
  {
    id: "resume-wrong-token",
    in: { session: "detached" },
    text: `*** connect ***\n${resume("$S", "$WRONG", "0")}`,
    says: ["RES-25", "RES-29"],
    code: "UNAUTHENTICATED",
    ends: true,
  },
  {
    id: "resume-beyond-newest",
    in: { session: "detached" },
    text: `*** connect ***\n${resume("$S", "$T", "9007199254740991")}`,
    says: ["RES-28", "RES-29"],
    code: "INVALID_REQUEST",
    ends: true,
  },
  {
    id: "second-hello",
    in: { session: "attached" },
    text: hello(BEARER),
    says: ["HELLO-08"],
    code: "INVALID_REQUEST",
  },
  {
    id: "not-json",
    in: { session: "attached" },
    breaks: ["ENC-01"],
    text: { frame: '{"arcp": ' },
    says: ["ENC-08", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "not-an-object",
    in: { session: "attached" },
    breaks: ["ENV-01"],
    text: { frame: "[1]" },
    says: ["ENC-08", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "other-version",
    in: { session: "attached" },
    breaks: ["ENV-02", "ENV-101"],
    text: `${SUBMIT}, arcp: "2" }`,
    says: ["ENV-04", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "other-session",
    in: { session: "attached" },
    breaks: ["ENV-09"],
    text: `${SUBMIT}, session_id: $NOBODY }`,
    says: ["ENV-11", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "two-jobs-named",
    in: { session: "attached" },
    text: 'C > R  job.cancel { job_id: "job_one", "/payload/job_id": "job_two" }',
    says: ["ENV-18", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "unknown-agent",
    in: { session: "attached" },
    text: "C > R  job.submit { agent: $NO_AGENT }",
    says: ["SUB-11", "SERR-05"],
    code: "AGENT_NOT_AVAILABLE",
  },
  {
    id: "cancel-unknown-job",
    in: { session: "attached" },
    text: "C > R  job.cancel { job_id: $NOBODY }",
    says: ["CANCEL-06", "SERR-05"],
    code: "JOB_NOT_FOUND",
  },
  {
    id: "subscribe-to-unknown-job",
    in: { session: "attached" },
    text: "C > R  job.subscribe { job_id: $NOBODY }",
    says: ["WATCH-04", "SERR-05"],
    code: "JOB_NOT_FOUND",
  },
  {
    id: "subscribe-beyond-newest",
    in: { session: "attached", job: "running" },
    text: "C > R  job.subscribe { job_id: $J, history: true, from_event_seq: 9007199254740991 }",
    says: ["WATCH-18", "SERR-05"],
    code: "INVALID_REQUEST",
  },
  {
    id: "key-again-for-something-else",
    in: { session: "attached" },
    text: `${SUBMIT}, input: 1, idempotency_key: $KEY }
       R > C  job.accepted { job_id: $J1 }
       ${SUBMIT}, input: 2, idempotency_key: $KEY }`,
    says: ["IDEM-06", "SERR-05"],
    code: "DUPLICATE_KEY",
  },
];

const EVENT =
  'R > C  job.event { job_id: $J, event_seq: $NEXT, kind: "status", body: { phase: "on" } }';
const RESULT = 'R > C  job.result { job_id: $J, event_seq: $NEXT, final_status: "success" }';

/** What a runtime may not do. What a client makes of it, the draft says of few. */
const RUNTIME: readonly Written[] = [
  {
    id: "second-terminal",
    side: "runtime",
    in: { session: "attached", job: "ended" },
    breaks: ["LIFE-02"],
    text: RESULT,
  },
  {
    id: "event-after-terminal",
    side: "runtime",
    in: { session: "attached", job: "ended" },
    breaks: ["LIFE-06"],
    text: EVENT,
  },
  {
    id: "event-before-accepted",
    side: "runtime",
    in: { session: "attached", job: "none" },
    breaks: ["SUB-03"],
    text: `${SUBMIT} }\n${EVENT}`,
  },
  {
    id: "number-left-out",
    side: "runtime",
    in: { session: "attached", job: "running" },
    breaks: ["SEQ-02"],
    text: EVENT.replace("$NEXT", "$SKIP"),
  },
  {
    id: "number-again",
    side: "runtime",
    in: { session: "attached", job: "running" },
    breaks: ["SEQ-01"],
    text: EVENT.replace("$NEXT", "$SEQ"),
  },
  {
    id: "welcome-again",
    side: "runtime",
    in: { session: "attached" },
    breaks: ["HELLO-04"],
    text: 'R > C  session.welcome { session_id: $S, resume_token: $T, capabilities: { encodings: ["json"] } }',
  },
  {
    id: "success-as-error",
    side: "runtime",
    in: { session: "attached", job: "running" },
    breaks: ["LIFE-03", "LIFE-04"],
    text: 'R > C  job.error { job_id: $J, event_seq: $NEXT, code: "INTERNAL_ERROR", final_status: "success" }',
  },
];

/** Requests that are answered, or passed over, without their feature. HELLO-16, HELLO-17 */
const UNGATED = ["session.ping", "session.pong", "session.ack"];

/** The missteps of a revision: those that break one of its requirements, or whose answer it states. */
export function misstepsOf(model: Model): Misstep[] {
  return readMissteps(model).missteps;
}

/** The missteps whose requirements a revision has, and not the words that they say. */
export function unknownInMissteps(model: Model): Unknown[] {
  return readMissteps(model).unknown;
}

function readMissteps(model: Model): { missteps: Misstep[]; unknown: Unknown[] } {
  const known = new Map(model.requirements.map(({ id, position }) => [id, position]));
  const missteps: Misstep[] = [];
  const unknown: Unknown[] = [];
  const all = [...CLIENT, ...unknownType(model), ...ungranted(model), ...RUNTIME];
  for (const { id, side = "client", in: where, text, ...more } of all) {
    const breaks = (more.breaks ?? []).filter((one) => known.has(one));
    const says = more.says ?? [];
    const said = says.length > 0 && says.every((one) => known.has(one));
    const position = known.get(breaks[0] ?? says[0] ?? "");
    if (position === undefined || (breaks.length === 0 && !said)) continue;
    const { steps, why = said ? unknownCode(model, more.code) : undefined } =
      typeof text === "object" && "frame" in text
        ? { steps: [{ from: "client" as const, text: text.frame }] }
        : readFirst(model, [text].flat());
    const lacks = why ?? unknownState(model, where);
    if (lacks !== undefined) unknown.push({ what: `the misstep ${id}`, why: lacks, position });
    if (steps === undefined) continue;
    const { code, details, ends = false } = more;
    const expect: Expected = {
      requirements: says,
      type: "session.error",
      ...(code === undefined ? {} : { code }),
      ...(details === undefined ? {} : { details }),
      ends,
    };
    missteps.push({ id, side, in: where, breaks, steps, ...(said ? { expect } : {}) });
  }
  return { missteps, unknown };
}

/** That no table has a state in which a misstep is made, in a sentence; undefined if all are there. */
function unknownState({ machines }: Model, { session, job }: Misstep["in"]): string | undefined {
  const needed = [
    ["session", session],
    ["job", job === "running" ? job : undefined],
  ] as const;
  const lost = needed.find(
    ([subject, state]) =>
      state !== undefined &&
      !machines.some((one) => one.subject === subject && one.states.includes(state)),
  );
  return lost && `there is no state ${lost[1]} of a ${lost[0]}`;
}

/** A type that no table has. It stands in a frame of its own, since no schema can fill it in. */
function unknownType(model: Model): Written[] {
  const message = {
    arcp: writtenVersion(model),
    id: "msg_tomorrow",
    type: "job.tomorrow",
    payload: {},
  };
  return [
    {
      id: "unknown-type",
      in: { session: "attached" },
      text: { frame: JSON.stringify(message) },
      says: ["ENC-22", "SERR-05"],
      code: "INVALID_REQUEST",
    },
  ];
}

/** Each request of a client that a flag gates, in a session without flags. */
function ungranted(model: Model): Written[] {
  const welcomed = `*** connect ***
    ${hello(BEARER, ", capabilities: { features: [] }")}
    R > C  session.welcome { session_id: $S2, resume_token: $T2, capabilities: { features: [] } }`;
  return model.messages.flatMap(({ type, direction, feature }) => {
    if (direction === "runtime-to-client" || feature === undefined || UNGATED.includes(type)) {
      return [];
    }
    const job = type.startsWith("job.") ? "job_id: $NOBODY" : "";
    return [
      {
        id: `${type}-without-${feature}`,
        in: { session: "detached" },
        breaks: ["HELLO-12"],
        text: `${welcomed}\nC > R  ${type} { ${job} }`,
        says: ["HELLO-15", "SERR-05"],
        code: "INVALID_REQUEST",
        details: { feature },
      },
    ];
  });
}
