import type { JobId } from "../../../generated/current/index.js";
import type { JobState } from "../../jobs/state.js";
import { beyond, counterOf } from "../../leases/budget.js";
import type { Counter } from "../../leases/budget.js";
import { difference } from "../../leases/decimal.js";
import { ArcpError } from "../../wire/errors.js";
import type { LiveJob } from "../live.js";
import type { Rotations } from "./rotations.js";

/**
 * The caps of keys that exist while a job hands a part of its money to a child, whose own key is capped at that part: the
 * upstream counts each key by itself, so whoever could have spent the part gets new keys that cannot, and once it comes
 * back, new ones that can. CRED-20
 */
export interface Recaps {
  /** What binds a job, less what is being set aside for children that are not accepted yet. */
  countersOf(job: JobState): readonly Counter[] | undefined;
  /**
   * Sets aside what a child will have. Resolves once nobody has a key that is capped at a sum that holds it, those that are
   * being revoked apart (CRED-10), and with what is to be called when the child has it, or else is not made. Rejects where that
   * much is not left, or a key could not be renewed.
   */
  aside(child: JobState): Promise<(kept: boolean) => void>;
  /** A job has ended: what it had left is somebody's again, who gets keys for it a moment later. */
  settled(job: JobState): void;
}

export interface RecapsOptions {
  readonly counters: (job: JobState) => readonly Counter[] | undefined;
  /** The nearest job above one that has a counter of a currency, and has not ended. */
  readonly payerAbove: (job: Pick<LiveJob, "state">, currency: string) => LiveJob | undefined;
  /** The jobs that have keys. */
  readonly holders: () => Iterable<LiveJob>;
  readonly rotations: Pick<Rotations, "renew" | "soon">;
}

/** A part of somebody's money. */
interface Part extends Counter {
  readonly payer: JobId;
}

export function createRecaps({ counters, payerAbove, holders, rotations }: RecapsOptions): Recaps {
  const held = new Set<Part>();

  /** Whose counter of a currency binds a job: its own, or one above it. */
  function payerOf(state: JobState, currency: string): JobId | undefined {
    const own = counterOf(state.budget ?? [], currency);
    return own === undefined ? payerAbove({ state }, currency)?.state.id : state.id;
  }

  function partsOf(child: JobState): readonly Part[] {
    return (child.budget ?? []).flatMap((counter) => {
      const payer = payerAbove({ state: child }, counter.currency)?.state.id;
      return payer === undefined ? [] : [{ ...counter, payer }];
    });
  }

  /** Those whose keys are capped at what these are parts of: who pays, and who spends its money with it. */
  function spenders(parts: readonly Part[]): readonly JobId[] {
    const spends = ({ state }: LiveJob) =>
      parts.some(({ payer, currency }) => payerOf(state, currency) === payer);
    return parts.length === 0 ? [] : [...holders()].filter(spends).map(({ state }) => state.id);
  }

  function lessHeld(job: JobState, { currency, left }: Counter): Counter {
    const payer = payerOf(job, currency);
    const parts = [...held].filter((part) => part.payer === payer && part.currency === currency);
    return { currency, left: parts.reduce((rest, part) => difference(rest, part.left), left) };
  }

  /** What others are being given is not there for this one: found out now, as a key for it would exist for a moment. */
  function unfit(child: JobState): Counter | undefined {
    return child.budget?.find((counter) => {
      const payer = payerAbove({ state: child }, counter.currency);
      const own = counterOf(payer?.state.budget ?? [], counter.currency);
      return payer && own && beyond([counter], [lessHeld(payer.state, own)]) !== undefined;
    });
  }

  return {
    countersOf(job) {
      const all = counters(job);
      return held.size === 0 ? all : all?.map((counter) => lessHeld(job, counter));
    },
    async aside(child) {
      const over = unfit(child);
      if (over !== undefined) {
        const text = `less than ${over.left} ${over.currency} is left: other children are being given the rest`;
        throw new ArcpError("LEASE_SUBSET_VIOLATION", text, {
          details: { namespace: "cost.budget", currency: over.currency },
        });
      }
      const parts = partsOf(child);
      for (const part of parts) held.add(part);
      const end = (kept: boolean): void => {
        for (const part of parts) held.delete(part);
        if (!kept) spenders(parts).forEach(rotations.soon);
      };
      try {
        await Promise.all(spenders(parts).map(rotations.renew));
        return end;
      } catch (error) {
        end(false);
        throw error;
      }
    },
    settled(job) {
      spenders(partsOf(job)).forEach(rotations.soon);
    },
  };
}
