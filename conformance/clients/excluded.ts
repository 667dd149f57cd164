/**
 * The requirements of clients that no check speaks for, each with its reason. A test holds that every requirement
 * stands in exactly one place: in a check, or here.
 */
import type { RequirementId } from "../../generated/current/requirements.js";
import type { Exclusion, ExclusionReason } from "../checks/excluded.js";

type Group = readonly [ExclusionReason, because: string, ids: readonly RequirementId[]];

const groups: readonly Group[] = [
  [
    "permits",
    "a client may do so, and may leave it",
    ["TRN-17", "ENC-02", "RES-30", "HB-06", "AGENT-01"],
  ],
  [
    "elsewhere",
    "the suite speaks with clients over WebSocket; lines are another transport",
    [
      "TRN-09",
      "TRN-10",
      "TRN-11",
      "TRN-13",
      "TRN-14",
      "TRN-15",
      "TRN-16",
      "TRN-18",
      "TRN-19",
      "TRN-20",
    ],
  ],
  ["elsewhere", "spans go to a collector", ["SEC-34", "SEC-35", "TRACE-06"]],
  ["operation", "the address that a client is given is its user's choice", ["TRN-02"]],
  [
    "elsewhere",
    "what a client sends to another host takes two to see, and the suite has one",
    ["TRN-04", "SEC-01"],
  ],
  [
    "operation",
    "the author of the program decides when to submit again, with which key, version or lease",
    ["IDEM-15", "AGENT-04", "EXP-11", "ERR-03"],
  ],
  [
    "operation",
    "names and extensions are given by whoever makes some",
    ["ENC-24", "ENC-25", "IANA-01"],
  ],
  [
    "inside",
    "what becomes of the trace of a message is not told by any other message of the client",
    ["ENV-13", "ENV-14"],
  ],
  [
    "inside",
    "the driver's lines are text and numbers of JSON, so that no client can be asked to send worse",
    ["ENC-03", "ENC-04", "ENC-05"],
  ],
  [
    "inside",
    "the only time that a client has to send is expires_at, which has a check",
    ["ENC-06"],
  ],
  ["inside", "a client compares no versions of agents on the wire", ["AGENT-08"]],
  ["inside", "how a program treats two refusals alike shows in what it does next", ["CANCEL-20"]],
  ["inside", "what a process keeps in memory or on disk is not to be seen", ["CRED-18", "SEC-05"]],
  ["inside", "what is concluded from a missing limit shows in no message", ["CRED-24"]],
];

/** Every exclusion, as often as it was written down. */
export const clientExclusions = groups.flatMap(([reason, because, ids]) =>
  ids.map((id) => ({ id, reason, because })),
);

/** Requirement → why no check speaks for it. */
export const clientExcluded: ReadonlyMap<string, Exclusion> = new Map(
  clientExclusions.map(({ id, reason, because }) => [id, { reason, because }]),
);
