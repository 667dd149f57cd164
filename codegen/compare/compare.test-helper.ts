/** The spec of `codegen/fixtures/compare`, with a place or two changed. */
import { readFileSync } from "node:fs";
import { remembered } from "../memo.js";
import { readSpec } from "../model/read.js";
import type { Model } from "../model/types.js";
import { compareRevisions } from "./compare.js";
import { DIRECTIONS } from "./result.js";
import type { Change, Comparison } from "./result.js";

export const BASE = readFileSync(new URL("../fixtures/compare/base.md", import.meta.url), "utf8");

/** A text, and what stands there instead. */
export type Edit = readonly [text: string, instead: string];

/** The base with edits; each has to be in it. */
export function edited(edits: readonly Edit[], base = BASE): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`not in the base: ${from}`);
    return text.replaceAll(from, () => to);
  }, base);
}

const read = remembered((text: string, path: string): Model => {
  const { model, diagnostics } = readSpec({ spec: { path, text } });
  if (model === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return model;
});

/** The model of a text without findings. */
export function modelOf(text: string, path = "draft-7.md"): Model {
  return read(text, path);
}

/** The base beside the base with edits. */
export function compared(...edits: readonly Edit[]): Comparison {
  return compareRevisions(modelOf(BASE), modelOf(edited(edits), "draft-8.md"));
}

/** The base with edits beside the base: what was added is removed. */
export function reversed(...edits: readonly Edit[]): Comparison {
  return compareRevisions(modelOf(edited(edits), "draft-8.md"), modelOf(BASE));
}

/** "+ message parcel.lost" */
export function told({ how, subject, was, name }: Change): string {
  return `${how} ${subject} ${was === undefined ? "" : `${was} => `}${name}`;
}

/** The four verdicts in the order of the directions; one of some messages with a `?`. */
export function verdictsOf({ verdicts }: Change): string[] {
  return DIRECTIONS.map((it) => `${verdicts[it].verdict}${verdicts[it].some ? "?" : ""}`);
}
