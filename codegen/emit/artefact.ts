import type { Model, Position } from "../model/types.js";

/** One file of `generated/`, rendered in memory. */
export interface Artefact {
  /** Relative to the revision's folder, with `/`: "validate/job-submit.ts". */
  readonly path: string;
  readonly text: string;
  /** What the whole file was made from, where that is one symbol. */
  readonly from?: Position;
}

/** Folder of the newest revision under a name that outlives it: what the code of this project imports. */
export const CURRENT = "generated/current";

/** First line of every generated file. It bears no version and no date: only `provenance.json` does. */
export function banner(model: Model): string {
  return `// Generated from ${model.file} by \`npm run generate\`. Edit the spec, never this file.`;
}
