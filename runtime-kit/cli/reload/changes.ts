/** What a reload made of the agents. */
import type { Agent } from "../../runtime/define.js";

/** Each as `name@version`. */
export interface Changes {
  readonly agents: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The one that went, and the one that came instead of it. */
  readonly renamed: { readonly from: string; readonly to: string } | undefined;
}

export function referenceOf({ name, version }: Pick<Agent, "name" | "version">): string {
  return `${name}@${version}`;
}

/** Compares by name and version: whether the code behind them is another, only the file tells. */
export function changesOf(before: readonly Agent[], after: readonly Agent[]): Changes {
  const [old, agents] = [before.map(referenceOf), after.map(referenceOf)];
  const added = agents.filter((reference) => !old.includes(reference));
  const removed = old.filter((reference) => !agents.includes(reference));
  const [from, to] = [removed[0], added[0]];
  return added.length === 1 && removed.length === 1
    ? { agents, added: [], removed: [], renamed: { from: from!, to: to! } }
    : { agents, added, removed, renamed: undefined };
}

/** `word-count@1.0.0; added b@1; removed c@1` */
export function changesInWords({ agents, added, removed, renamed }: Changes): string {
  const parts = [agents.join(", ") || "no agent is left"];
  if (renamed !== undefined) parts.push(`${renamed.from} is now ${renamed.to}`);
  if (added.length > 0) parts.push(`added ${added.join(", ")}`);
  if (removed.length > 0) parts.push(`removed ${removed.join(", ")}`);
  return parts.join("; ");
}
