/** What clients ask for. Each submit has a tag of its own, by which the checker knows it again. */
import type { Work } from "../history.js";
import type { Random } from "../random.js";
import type { World } from "../world.js";

/** Parameters of a submit. */
export interface Asked {
  readonly agent: string;
  readonly input: Work;
  readonly lease_request: object;
}

/** What `worker` needs. */
export const LEASE = { "tool.call": ["effect"] };

/** A source of submits whose tags begin with `name`. */
export function createWork({ longest }: World, name: string, random: Random) {
  let made = 0;
  return (agents: readonly string[], most: number): Asked => ({
    agent: random.pick(agents),
    input: { tag: `${name}.${(made += 1)}`, count: random.between(1, Math.min(most, longest)) },
    lease_request: LEASE,
  });
}
