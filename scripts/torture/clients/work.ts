/** What clients ask for. Each submit has a tag of its own, by which the checker knows it again. */
import type { Work } from "../history.js";
import type { Random } from "../random.js";

/** Parameters of a submit. */
export interface Asked {
  readonly agent: string;
  readonly input: Work;
  readonly lease_request: object;
}

const LEASE = { "tool.call": ["effect"] };

/** A source of submits whose tags begin with `name`. */
export function createWork(name: string, random: Random) {
  let made = 0;
  return (agents: readonly string[], most: number): Asked => ({
    agent: random.pick(agents),
    input: { tag: `${name}.${(made += 1)}`, count: random.between(1, most) },
    lease_request: LEASE,
  });
}
