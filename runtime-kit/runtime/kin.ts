import { isTerminal } from "../../generated/current/index.js";
import type { SessionId } from "../../generated/current/index.js";
import type { Announce } from "./announcements.js";
import type { Family } from "./family.js";
import type { LiveJob } from "./live.js";
import type { Receivers } from "./receivers.js";
import type { Subscriptions } from "./subscriptions.js";

/**
 * Who hears of the jobs that a job delegates: whoever may cancel it, the session that submitted it and those that repeated
 * its key (W-17, W-18). They receive its children as they receive it, and may cancel them. §10
 */
export interface Kin {
  /** A child was made in this turn. */
  born(child: LiveJob, parent: LiveJob): void;
  /** It is durable that it was; who asked for it by a submit is answered, and told no second time. */
  announce(child: LiveJob, parent: LiveJob, index: number, but?: SessionId): void;
  /** A session has repeated a job's key: gives the children that it receives from now on, to be told of. */
  joined(session: SessionId, job: LiveJob): readonly LiveJob[];
}

export function createKin(options: {
  readonly family: Pick<Family, "childrenOf">;
  readonly receivers: Receivers;
  readonly subscriptions: Subscriptions;
  readonly exists: (session: SessionId) => boolean;
  readonly announce: Announce;
}): Kin {
  const { family, receivers, subscriptions } = options;

  /** Each counts as a subscription, and is left out where there are too many: what is delegated waits for no reader. */
  function join(session: SessionId, child: LiveJob): boolean {
    if (child.readers.has(session)) return false;
    const looker = child.watchers?.get(session);
    if (looker !== undefined) receivers.engage(child, looker);
    else if (subscriptions.refusal(child.state.principal) !== undefined) return false;
    else {
      const { entries: live } = child.state;
      receivers.add(child, { session, live, whole: false, through: "kin" });
    }
    return true;
  }

  function* below(job: LiveJob): Generator<LiveJob> {
    for (const child of family.childrenOf(job)) {
      yield child;
      yield* below(child);
    }
  }

  return {
    born(child, parent) {
      for (const { session } of [...parent.readers.values()]) {
        if (!options.exists(session) || child.readers.has(session)) continue;
        const { session: home } = parent.state;
        // DEL-10: it is a part of what that one submitted, and no subscription of its own.
        if (session === home) {
          receivers.add(child, { session, live: 0, whole: false, through: "home" });
        } else join(session, child);
      }
    },
    announce(child, parent, index, but) {
      for (const session of [...child.readers.keys()]) {
        if (session === but || !parent.readers.has(session)) continue;
        options.announce(session, child, { parent, index });
      }
    },
    joined: (session, job) =>
      [...below(job)].filter((child) => !isTerminal(child.state.status) && join(session, child)),
  };
}
