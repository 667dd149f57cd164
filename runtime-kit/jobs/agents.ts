import { ArcpError } from "../wire/errors.js";
import { clip } from "../wire/text.js";

/** An agent as it stands in the inventory. §7.5 */
export interface AgentVersions {
  readonly name: string;
  /** In the order of registration. */
  readonly versions: readonly string[];
  readonly default: string;
}

/** The parts of an agent reference, `name` or `name@version`. AGENT-* of §7.5 */
export function parseAgentRef(reference: string): {
  readonly name: string;
  readonly version: string | undefined;
} {
  const at = reference.indexOf("@");
  if (at === -1) return { name: reference, version: undefined };
  return { name: reference.slice(0, at), version: reference.slice(at + 1) };
}

/** Resolves a reference to `name@version`, or says which part of it is not there. */
export function resolveAgent(
  reference: string,
  inventory: ReadonlyMap<string, AgentVersions>,
): { readonly name: string; readonly version: string } | ArcpError {
  const { name, version } = parseAgentRef(reference);
  const agent = inventory.get(name);
  if (agent === undefined) {
    return new ArcpError("AGENT_NOT_AVAILABLE", `no agent ${shown(name)} is registered here`);
  }
  if (version === undefined) return { name, version: agent.default };
  if (agent.versions.includes(version)) return { name, version };
  const text = `agent ${name} has no version ${shown(version)}`;
  return new ArcpError("AGENT_VERSION_NOT_AVAILABLE", text, {
    details: { available: agent.versions },
  });
}

/** A reference may be as long as a frame. */
function shown(part: string): string {
  return clip(part, 64);
}
