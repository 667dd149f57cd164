import type { AgentVersions } from "../jobs/agents.js";
import { kindOf } from "../wire/options.js";
import { defineAgent } from "./define.js";
import type { Agent, AgentDefinition } from "./define.js";

/** The agents of a runtime, by name and version. §7.5 */
export interface Registry {
  readonly inventory: ReadonlyMap<string, AgentVersions>;
  /** The agent that a resolved reference names. */
  get(name: string, version: string): Agent | undefined;
  /** Puts others in the place of all agents; throws a `TypeError`, and leaves them, if these cannot be registered. */
  replace(agents: readonly Agent[]): void;
}

export function createRegistry(agents: readonly Agent[]): Registry {
  let present = register(agents);
  return {
    get inventory() {
      return present.inventory;
    },
    get: (name, version) => present.byReference.get(`${name}@${version}`),
    replace(others) {
      present = register(others);
    },
  };
}

/** The default of a name is its version that was registered last. */
function register(agents: readonly Agent[]) {
  const inventory = new Map<string, AgentVersions>();
  const byReference = new Map<string, Agent>();
  if (!Array.isArray(agents)) {
    throw new TypeError(`agents must be an array of what defineAgent makes; got ${kindOf(agents)}`);
  }
  for (const given of agents as readonly Agent[]) {
    // Checked again: in JavaScript an agent may come from anywhere.
    const agent = defineAgent(given as AgentDefinition);
    const reference = `${agent.name}@${agent.version}`;
    if (byReference.has(reference)) throw new TypeError(`${reference} is registered twice`);
    byReference.set(reference, agent);
    const versions = [...(inventory.get(agent.name)?.versions ?? []), agent.version];
    inventory.set(agent.name, { name: agent.name, versions, default: agent.version });
  }
  return { inventory, byReference };
}
