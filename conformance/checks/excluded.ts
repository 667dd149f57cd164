/**
 * The requirements of runtimes that no check speaks for, each with its reason. A test holds that every requirement
 * stands in exactly one place: in a check, or here.
 */
import type { RequirementId } from "../../generated/current/requirements.js";

/** Why nothing is asked about a requirement. */
export type ExclusionReason =
  /** It permits something. Whoever does otherwise breaks nothing. */
  | "permits"
  /** It happens within the process: no message looks different. */
  | "inside"
  /** It binds how a runtime is set up, and what else runs beside it. */
  | "operation"
  /** It shows elsewhere than on this wire: in spans, at tools, in models. */
  | "elsewhere"
  /** It shows when hours have passed, or when a runtime is set up with small caps: more control than rung R3 asks for. */
  | "control"
  /** It is not served yet by the runtime that the suite is proven on, and a check that nothing can kill proves nothing. */
  | "not-served";

/** The reasons in words, in the order in which they are told. */
export const exclusionReasons: Readonly<Record<ExclusionReason, string>> = {
  permits: "permit something",
  inside: "show in no message",
  operation: "bind the operator's set-up",
  elsewhere: "show elsewhere than on this wire",
  control: "need hours, or caps that are small",
  "not-served": "wait for what our runtime does not serve yet",
};

/** One exclusion. */
export interface Exclusion {
  readonly reason: ExclusionReason;
  /** What exactly stands in the way. */
  readonly because: string;
}

type Group = readonly [ExclusionReason, because: string, ids: readonly RequirementId[]];

const groups: readonly Group[] = [
  [
    "permits",
    "an implementation may do so, and may leave it",
    [
      "TRN-17",
      "HB-06",
      "ACK-04",
      "ACK-07",
      "AUTH-08",
      "LIST-05",
      "LIST-17",
      "SUB-04",
      "CANCEL-11",
      "AGENT-03",
      "AGENT-07",
      "EXP-08",
      "EXP-09",
      "BUD-12",
      "CRED-01",
      "CRED-02",
      "CRED-08",
      "CRED-14",
    ],
  ],

  [
    "inside",
    "how tokens are kept and compared is not to be seen from outside",
    ["RES-20", "RES-21"],
  ],
  ["control", "a token that ends is the deployment's to issue", ["AUTH-10"]],
  ["inside", "no peer can make the verifier of somebody else fail", ["AUTH-06", "AUTH-09"]],
  ["inside", "no finite wait shows that something never happens", ["SUB-09"]],
  [
    "inside",
    "the operation of the script agent touches nothing, so before and after look alike",
    ["ENF-03", "ENF-04", "ENF-05"],
  ],
  ["inside", "a job that has ended sends nothing that could use its lease", ["CANCEL-18"]],
  ["inside", "the script agent chooses the ids of its calls itself", ["KIND-01"]],
  [
    "inside",
    "what is kept, and for how long beyond what can be asked for, is not to be seen from outside",
    ["SEC-32", "SEC-33"],
  ],
  ["inside", "what is logged for the operator does not travel on the wire", ["SEC-14", "SEC-16"]],

  [
    "operation",
    "the address that the suite is given is the operator's choice",
    ["TRN-04", "SEC-01", "SEC-03"],
  ],
  ["operation", "what was configured, and for whom, is not told", ["SEC-13"]],
  ["operation", "the clock of the machine is the operator's", ["SEC-15"]],
  [
    "operation",
    "what tool servers and model gateways count is set up beside the runtime",
    ["SEC-17"],
  ],

  ["elsewhere", "what a tool connects to shows at the other end", ["SEC-39", "SEC-40"]],
  ["elsewhere", "spans go to a collector", ["TRACE-07", "TRACE-08", "TRACE-09", "SEC-35"]],
  [
    "elsewhere",
    "what is handed on shows at the tool server or the agent that receives it",
    ["TRACE-05"],
  ],
  [
    "elsewhere",
    "the script agent only asks; links and redirects are met by tools that open files and addresses",
    ["SEC-09", "SEC-11"],
  ],

  [
    "control",
    "a policy that lets a principal see a job and not observe it is the operator's to write",
    ["WATCH-05"],
  ],
  [
    "control",
    "the log has to end, which it does hours after the jobs in it",
    ["RES-26", "RES-27", "WATCH-17"],
  ],
  [
    "control",
    "caps are reached by flooding, unless the runtime is started with small ones",
    [
      "ACK-06",
      "SERR-09",
      "CHUNK-15",
      "SEC-23",
      "SEC-24",
      "SEC-25",
      "SEC-26",
      "SEC-27",
      "SEC-29",
      "SEC-30",
      "SEC-31",
    ],
  ],

  [
    "elsewhere",
    "what an upstream refuses or enforces shows where it is called",
    ["BUD-16", "BUD-17"],
  ],
  [
    "elsewhere",
    "how an upstream fails, and what becomes of credentials then, shows to the operator alone",
    ["CRED-12", "CRED-13", "SEC-19", "SEC-20", "SEC-21", "SEC-22"],
  ],
  [
    "inside",
    "a value that is not stored, and not sent where it must not go, shows in no message",
    ["CRED-06", "CRED-25"],
  ],
  ["inside", "what an upstream cannot enforce is asked of the lease like all else", ["CRED-23"]],
  ["not-served", "comes with the parent span in extensions", ["TRACE-06", "DEL-19", "DEL-20"]],
];

/** Every exclusion, as often as it was written down. */
export const exclusions: readonly (Exclusion & { readonly id: RequirementId })[] = groups.flatMap(
  ([reason, because, ids]) => ids.map((id) => ({ id, reason, because })),
);

/** Requirement → why no check speaks for it. */
export const excluded: ReadonlyMap<string, Exclusion> = new Map(
  exclusions.map(({ id, reason, because }) => [id, { reason, because }]),
);
