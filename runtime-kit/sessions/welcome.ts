import { Limits, intersect } from "../../generated/current/index.js";
import type { Feature, PayloadOf, SessionId } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";

/** What a runtime says of itself in every welcome. §6.2 */
export interface Advertised {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly agents: readonly {
    readonly name: string;
    readonly versions: readonly string[];
    readonly default: string;
  }[];
  readonly resumeWindowSec: number;
  readonly heartbeatIntervalSec: number;
  /** Limits by the draft's names; those that are as in the draft may be left out (ENC-17). */
  readonly limits: Readonly<Record<string, number>>;
}

/** The features that a session uses: what both name, and nothing else. HELLO-* of §6.2 */
export function negotiate(theirs: readonly string[], ours: readonly Feature[]): readonly Feature[] {
  // It is kept as long as the session, and a copy has no room for more.
  return intersect(theirs, ours).slice();
}

/** The `session.welcome` to a session that was opened or resumed. §6.2 */
export function welcomeDraft(
  advertised: Advertised,
  session: { readonly id: SessionId; readonly features: readonly Feature[] },
  opened: { readonly resumeToken: string; readonly acceptedAt: string },
): RuntimeDraft {
  const heartbeat = session.features.includes("heartbeat");
  const payload: PayloadOf<"session.welcome"> = {
    // Deployed clients look for the session's id in the payload (W-31).
    session_id: session.id,
    runtime: advertised.runtime,
    resume_token: opened.resumeToken,
    resume_window_sec: advertised.resumeWindowSec,
    ...(heartbeat ? { heartbeat_interval_sec: advertised.heartbeatIntervalSec } : {}),
    accepted_at: opened.acceptedAt,
    limits: { max_frame_bytes: Limits.maxFrameBytes, ...advertised.limits },
    capabilities: {
      encodings: ["json"],
      // What the session uses, not all that is served: both readings of the draft come to the same (HELLO-13).
      features: [...session.features],
      agents: session.features.includes("agent_versions")
        ? advertised.agents.map((agent) => ({ ...agent, versions: [...agent.versions] }))
        : advertised.agents.map((agent) => agent.name),
    },
  };
  return { type: "session.welcome", payload };
}
