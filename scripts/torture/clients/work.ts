/** What clients ask for. Each submit has a tag of its own, by which the checker knows it again. */
import { COST, CURRENCY } from "../cast.js";
import type { Work } from "../history.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";

/** Parameters of a submit. */
export interface Asked {
  readonly agent: string;
  readonly input: Work;
  readonly lease_request: Readonly<Record<string, readonly string[]>>;
}

/** What `lead` needs, and `worker`, with money for its effects, or, where their number is odd, for all but one of them. */
export function leaseFor(count: number): Asked["lease_request"] {
  const effects = Math.max(count - (count % 2), 1);
  const lease = { "tool.call": ["effect"], "agent.delegate": ["worker"] };
  return { ...lease, "cost.budget": [`${CURRENCY}:${(effects * COST).toFixed(1)}`] };
}

/** A source of submits whose tags begin with `name`. */
export function createWork({ longest }: World, name: string, random: Random) {
  let made = 0;
  return (agents: readonly string[], most: number): Asked => {
    const agent = random.pick(agents);
    const count = random.between(1, Math.min(most, longest));
    const tag = `${name}.${(made += 1)}`;
    return { agent, input: { tag, count }, lease_request: leaseFor(count) };
  };
}
