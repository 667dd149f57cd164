/** What is left of a budget, as a person at a terminal sees it. §9.6 */
import type { MultiBar, SingleBar } from "cli-progress";
import type { Budget } from "../../generated/current/index.js";
import { oneLine } from "./text.js";

/** What a gauge's bar carries to the words that are made of it. */
export interface Gauge {
  readonly currency: string;
  readonly left: number;
  /** What there was when the job was accepted, as far as that is known. */
  readonly of: number;
}

/** Gauges are lines of the screen: further currencies are told at the end only. */
const MOST = 4;

/** A gauge for each currency, from the first cost on. */
export interface Gauges {
  /** Takes what a job was accepted with. */
  begin(budget: Budget | undefined): void;
  /** Shows what is left of one currency. `bars` opens the place for it. */
  show(currency: string, left: number, bars: () => MultiBar): void;
  /** What is left, in words. */
  summary(): readonly string[];
}

export function createGauges(): Gauges {
  const began = new Map<string, number>();
  const left = new Map<string, number>();
  const drawn = new Map<string, SingleBar>();
  return {
    begin(budget = {}) {
      for (const [currency, amount] of Object.entries(budget)) began.set(currency, amount);
    },
    show(currency, amount, bars) {
      left.set(currency, amount);
      const gauge: Gauge = { currency, left: amount, of: began.get(currency) ?? amount };
      const bar = drawn.get(currency);
      if (bar !== undefined) bar.update(0, gauge);
      else if (drawn.size < MOST) drawn.set(currency, bars().create(1, 0, gauge));
    },
    summary: () =>
      Array.from(left, ([currency, amount]) =>
        wordsOf({ currency, left: amount, of: began.get(currency) ?? amount }),
      ),
  };
}

/** A gauge as a line: full while nothing is spent. */
export function gaugeLine(gauge: Gauge, size: number, full: string, empty: string): string {
  const { left, of } = gauge;
  const share = of > 0 ? Math.min(Math.max(left / of, 0), 1) : 0;
  // Something that is left is never shown as nothing.
  const parts = left > 0 ? Math.max(Math.round(share * size), 1) : 0;
  return `${full.slice(0, parts)}${empty.slice(0, size - parts)} ${wordsOf(gauge)}`;
}

function wordsOf({ currency, left, of }: Gauge): string {
  return oneLine(`${currency} ${left} of ${of} left`);
}
