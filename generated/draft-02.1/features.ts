// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { EventKind, Feature, MessageType, Namespace } from "./constants.js";

/**
 * What each flag gates: without it these messages, kinds, namespaces and fields
 * (`MESSAGE_OR_DEFINITION/property/…`) are neither sent nor asked for.
 */
export const features: Readonly<
  Record<
    Feature,
    {
      readonly since: string;
      readonly messages: readonly MessageType[];
      readonly kinds: readonly EventKind[];
      readonly fields: readonly string[];
      readonly namespaces: readonly Namespace[];
      readonly section: string;
    }
  >
> = {
  /**
   * Both peers show that they live (§6.4).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  heartbeat: {
    since: "1.1",
    messages: ["session.ping", "session.pong"],
    kinds: [],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * The client says how far it has processed (§6.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  ack: {
    since: "1.1",
    messages: ["session.ack"],
    kinds: [],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * The client can list jobs (§6.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  list_jobs: {
    since: "1.1",
    messages: ["session.list_jobs", "session.jobs"],
    kinds: [],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * A session can observe jobs of other sessions (§7.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  subscribe: {
    since: "1.1",
    messages: ["job.subscribe", "job.subscribed", "job.unsubscribe"],
    kinds: [],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * A lease can end at a set time (§9.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  lease_expires_at: {
    since: "1.1",
    messages: [],
    kinds: [],
    fields: [
      "job.submit/lease_constraints/expires_at",
      "job.accepted/lease_constraints",
    ],
    namespaces: [],
    section: "6.2",
  },
  /**
   * A lease can cap what a job spends (§9.6).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  "cost.budget": {
    since: "1.1",
    messages: [],
    kinds: [],
    fields: ["job.accepted/budget"],
    namespaces: ["cost.budget"],
    section: "6.2",
  },
  /**
   * Jobs report how far they are (§8.2).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  progress: {
    since: "1.1",
    messages: [],
    kinds: ["progress"],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * Large results are streamed (§8.4).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  result_chunk: {
    since: "1.1",
    messages: [],
    kinds: ["result_chunk"],
    fields: [],
    namespaces: [],
    section: "6.2",
  },
  /**
   * Agents have versions, and a submission can pin one (§7.5).
   *
   * @see spec/draft-arcp-02.1.md#hello §6.2
   */
  agent_versions: {
    since: "1.1",
    messages: [],
    kinds: [],
    fields: ["AgentInfo/versions", "AgentInfo/default"],
    namespaces: [],
    section: "6.2",
  },
};

/** The flags that both peers have, each once, in the order of `theirs`. Unknown flags drop out. */
export function intersect(theirs: readonly string[], ours: readonly Feature[]): Feature[] {
  const open = new Map<string, Feature>(ours.map((flag) => [flag, flag]));
  const both: Feature[] = [];
  for (const flag of theirs) {
    const known = open.get(flag);
    if (known === undefined) continue;
    open.delete(flag);
    both.push(known);
  }
  return both;
}

/** The flag that gates a message, if one does; an unknown type has none. */
export function featureOf(type: string): Feature | undefined {
  switch (type) {
    case "session.ping":
    case "session.pong":
      return "heartbeat";
    case "session.ack":
      return "ack";
    case "session.list_jobs":
    case "session.jobs":
      return "list_jobs";
    case "job.subscribe":
    case "job.subscribed":
    case "job.unsubscribe":
      return "subscribe";
    default:
      return undefined;
  }
}
