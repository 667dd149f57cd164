/** Values with their verdicts: the examples of the spec, and the published fixtures. */
import { readFileSync } from "node:fs";
import type { Draft } from "../../codegen/model/draft.js";
import { isObject } from "../../codegen/model/subset.js";
import type { Checker } from "../../codegen/model/validator.js";
import type { Witness } from "./mutant.js";

/** A value, and whether it fits, or where and by which word it does not. */
export interface Case {
  readonly by: Extract<Witness, "example" | "fixture">;
  readonly id: string;
  readonly of: string;
  readonly value: unknown;
  readonly invalid: { readonly pointer: string; readonly keyword: string } | undefined;
}

/** What stands in `fixtures/*.json`, as far as it matters here. */
interface Published {
  readonly cases: readonly {
    readonly id: string;
    readonly of: string;
    readonly value: unknown;
    readonly verdict: string;
    readonly pointer?: string;
    readonly keyword?: string;
  }[];
}

const FILES = ["valid", "boundary", "future", "invalid", "definitions"];

export function casesOf(draft: Draft, fixtures: string): Case[] {
  const examples = draft.examples.map(({ id, of, value, invalid }) => {
    return { by: "example" as const, id, of, value, invalid };
  });
  const published = FILES.flatMap((file) => {
    const text = readFileSync(`${fixtures}/${file}.json`, "utf8");
    return (JSON.parse(text) as Published).cases.map(({ id, value, ...told }): Case => {
      const { pointer = "", keyword } = told;
      const invalid = keyword === undefined ? undefined : { pointer, keyword };
      // A fixture of a kind is a whole message; one of a definition is a value of it.
      const of = file === "definitions" ? told.of : typeOf(value, draft);
      return { by: "fixture", id, of, value, invalid };
    });
  });
  return [...examples, ...published];
}

/** The type of a message; of one that this revision does not know, and of none, the envelope is all there is. */
function typeOf(value: unknown, { messages }: Draft): string {
  const type: unknown = isObject(value) ? value["type"] : undefined;
  return messages.find((message) => message.type === type)?.type ?? "Envelope";
}

/** The first case whose verdict is another one. */
export function disagrees(checker: Checker, cases: readonly Case[]): Case | undefined {
  return cases.find(({ of, value, invalid }) => {
    const failures = checker.check(of, value);
    if (failures === undefined) return false;
    if (invalid === undefined) return failures.length > 0;
    const { pointer, keyword } = invalid;
    return !failures.some((one) => one.pointer === pointer && one.keyword === keyword);
  });
}
