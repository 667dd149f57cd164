/** A fuzzer for each revision, with the validators that are generated from it. */
import { readFileSync } from "node:fs";
import { REVISIONS as GENERATED } from "../../codegen/emit/generated-drafts.js";
import { DRAFT } from "../../generated/current/constants.js";
import type { Problem } from "../../generated/current/index.js";
import { fuzzer } from "../../runtime-kit/fuzzing/index.js";
import type { Fuzzer } from "../../runtime-kit/fuzzing/index.js";

/** What a validator says of a value, in any revision. */
export type Verdict =
  | { readonly kind: "known" | "unknown" }
  | {
      readonly kind: "invalid";
      readonly problems: readonly Pick<Problem, "path" | "code" | "section">[];
    };

/** A revision: what makes its messages, and what judges them. */
export interface Revision {
  readonly name: string;
  readonly fuzz: Fuzzer;
  readonly validate: (value: unknown) => Verdict;
}

/** Every revision that is generated. */
export const REVISIONS: readonly Revision[] = GENERATED.map(
  ([name, folder, { validateMessage }]) => {
    const file = new URL("fuzz/model.json", folder);
    return {
      name,
      validate: validateMessage,
      fuzz: fuzzer(JSON.parse(readFileSync(file, "utf8"))),
    };
  },
);

/** The one that this runtime speaks. */
export const CURRENT = revision(DRAFT)!;

/** One of them by its name; nothing for another name. */
export function revision(name: string | undefined): Revision | undefined {
  return REVISIONS.find((one) => one.name === name);
}
