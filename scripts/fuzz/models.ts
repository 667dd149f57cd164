/** A fuzzer for each revision, with the validators that are generated from it. */
import { readFileSync } from "node:fs";
import * as draft02 from "../../generated/draft-02/index.js";
import * as draft021 from "../../generated/draft-02.1/index.js";
import { DRAFT } from "../../generated/current/constants.js";
import * as current from "../../generated/current/index.js";
import { fuzzer } from "../../runtime-kit/fuzzing/index.js";
import type { Fuzzer } from "../../runtime-kit/fuzzing/index.js";

/** What a validator says of a value, in any revision. */
export type Verdict =
  | { readonly kind: "known" | "unknown" }
  | {
      readonly kind: "invalid";
      readonly problems: readonly Pick<current.Problem, "path" | "code" | "section">[];
    };

/** A revision: what makes its messages, and what judges them. */
export interface Revision {
  readonly name: string;
  readonly fuzz: Fuzzer;
  readonly validate: (value: unknown) => Verdict;
}

const VALIDATORS: Readonly<Record<string, Revision["validate"]>> = {
  "02": draft02.validateMessage,
  "02.1": draft021.validateMessage,
  [DRAFT]: current.validateMessage,
};

/** Every revision that is generated. */
export const REVISIONS: readonly Revision[] = Object.entries(VALIDATORS).map(([name, validate]) => {
  const file = new URL(`../../generated/draft-${name}/fuzz/model.json`, import.meta.url);
  return { name, validate, fuzz: fuzzer(JSON.parse(readFileSync(file, "utf8"))) };
});

/** The one that this runtime speaks. */
export const CURRENT = REVISIONS.at(-1)!;

/** One of them by its name; nothing for another name. */
export function revision(name: string | undefined): Revision | undefined {
  return REVISIONS.find((one) => one.name === name);
}
