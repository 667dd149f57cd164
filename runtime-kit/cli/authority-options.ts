/** What a job may touch, what it may spend, and until when: as options of a command. §9 */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { SubmitOptions } from "../client/index.js";
import { parseAmount } from "../leases/amounts.js";
import { collect, leaseOf } from "./options.js";

/** As commander has parsed them. */
export interface AuthorityOptions {
  readonly lease?: readonly string[];
  readonly budget?: readonly string[];
  readonly expires?: string;
}

/** Adds them to a command that submits. */
export function authorityOptions(command: Command): Command {
  return command
    .option("--lease <lease>", "JSON, or namespace=pattern; may be repeated", collect)
    .option("--budget <amount>", "what it may spend, as USD:5; may be repeated", collectAmount)
    .option("--expires <when>", "the end of its lease: 90s, 10m, 2h, 1d, or RFC 3339", instant);
}

/** The same as a submit takes them. */
export function authorityOf({
  lease: texts,
  budget,
  expires,
}: AuthorityOptions): Pick<SubmitOptions, "lease" | "expiresAt"> {
  const amounts = budget?.map((amount) => `cost.budget=${amount}`) ?? [];
  const lease = leaseOf([...(texts ?? []), ...amounts]);
  return {
    ...(lease === undefined ? {} : { lease }),
    ...(expires === undefined ? {} : { expiresAt: expires }),
  };
}

function collectAmount(text: string, before: readonly string[] = []): readonly string[] {
  if (!parseAmount(text).ok) {
    throw new InvalidArgumentError(
      "It must be a currency and an amount, such as USD:5 or USD:0.50.",
    );
  }
  const currency = text.slice(0, text.indexOf(":"));
  const code = currency.toUpperCase();
  if (currency !== code && Intl.supportedValuesOf("currency").includes(code)) {
    throw new InvalidArgumentError(
      `${currency} is not ${code}, and no cost in ${code} would be charged to it. A currency of the runtime's own that is called so is asked for with --lease cost.budget=${text}.`,
    );
  }
  return [...before, text];
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** An instant to come, in UTC; one that is so long away is counted from now. */
function instant(text: string): string {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = count === "" ? at(text) : Date.now() + Number(count) * UNITS[unit]! * 1000;
  const date = new Date(ms);
  // The year 10000 has five digits, which RFC 3339 does not know.
  if (Number.isNaN(ms) || !(date.getUTCFullYear() <= 9999)) {
    throw new InvalidArgumentError(
      "It must be a time from now, such as 90s, 10m, 2h or 1d, or an instant, such as 2030-01-31T20:00:00Z.",
    );
  }
  if (ms <= Date.now()) throw new InvalidArgumentError("It must be in the future.");
  return date.toISOString();
}

/** RFC 3339 with any offset, in milliseconds since the epoch. */
function at(text: string): number {
  const full = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  return full ? Date.parse(text) : Number.NaN;
}
