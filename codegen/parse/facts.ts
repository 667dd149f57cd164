/**
 * What the text says, piece by piece, before anything is joined: each fact with file, line, column
 * and the number of the section it stands in ("" before the first).
 */
import type { Position } from "../model/types.js";
import type { Source } from "./source.js";

interface Placed {
  readonly position: Position;
  readonly section: string;
}

/** The headers of the tables that the generator reads, in words. The spec's README explains them. */
export const tableHeaders = {
  messages: ["Type", "Direction", "Since", "Feature", "Job", "Seq", "Reply", "Meaning"],
  fields: ["Field", "Type", "Required", "Meaning"],
  kinds: ["Kind", "Since", "Feature", "Meaning"],
  errors: ["Code", "Retryable", "Since", "Hint", "Meaning"],
  features: ["Feature", "Since", "Gates", "Meaning"],
  namespaces: ["Namespace", "Since", "Feature", "Pattern", "Meaning"],
  states: ["From", "To", "On", "Meaning"],
  limits: ["Limit", "Value", "Unit", "Meaning"],
} as const satisfies Record<string, readonly string[]>;

/** The word after `arcp:` above a table. */
export type TableKind = keyof typeof tableHeaders;

/** Table kinds whose directive names a subject. */
export const tablesWithSubject: ReadonlySet<TableKind> = new Set(["fields", "states"]);

interface HeadingFact extends Placed {
  /** Markdown depth: 2 for `##`. */
  readonly depth: number;
  /** "7.1", or undefined for a heading without number. */
  readonly number: string | undefined;
  readonly title: string;
  readonly anchor: string | undefined;
}

export interface CellFact {
  /** As written, without the escapes of pipes. */
  readonly source: string;
  /** Without Markdown. */
  readonly plain: string;
  /** The code spans in it. */
  readonly words: readonly string[];
  /** True if there is nothing but code spans, commas and space. */
  readonly onlyWords: boolean;
  readonly position: Position;
}

export interface RowFact {
  readonly cells: readonly CellFact[];
  readonly position: Position;
}

export interface TableFact extends Placed {
  readonly kind: TableKind;
  /** "" where the kind has none. */
  readonly subject: string;
  /** The directive comment. */
  readonly directive: Position;
  /** Without header. A row with a wrong number of cells is not among them. */
  readonly rows: readonly RowFact[];
  /** First and last line, 1-based; undefined for a field table that is still to be written. */
  readonly lines: readonly [number, number] | undefined;
}

export type FenceRole =
  | { readonly kind: "schema"; readonly of: string }
  | {
      readonly kind: "example";
      readonly of: string;
      readonly id: string;
      readonly invalid: { readonly pointer: string; readonly keyword: string } | undefined;
      readonly requirements: readonly string[];
    }
  | { readonly kind: "grammar"; readonly rules: readonly string[] }
  | { readonly kind: "trace"; readonly id: string; readonly requirements: readonly string[] };

export interface FenceFact extends Placed {
  readonly role: FenceRole;
  readonly text: string;
  /** Position of an offset within `text`. */
  readonly at: (offset: number) => Position;
}

interface RequirementFact extends Placed {
  readonly id: string;
  /** What follows the id, Markdown removed, white space folded. */
  readonly sentence: string;
  /** The normative keywords in it, those in code left out. */
  readonly keywords: readonly string[];
  /** The flag of the section's `arcp:gated`, if any. */
  readonly feature: string | undefined;
}

/** An `arcp:gated`, whether or not requirements follow. */
interface GateFact extends Placed {
  readonly feature: string;
}

/** An `<a id="…">`, in a heading or elsewhere. */
interface AnchorFact extends Placed {
  readonly anchor: string;
}

/** A code span in prose, a heading, a requirement or a cell. */
export interface WordFact extends Placed {
  readonly text: string;
  /** The directive table it stands in, its column, and the name that the row declares. */
  readonly cell:
    | { readonly kind: TableKind; readonly column: number; readonly row: string | undefined }
    | undefined;
}

/** A link to an anchor of this file, a `§ 7.1`, or an id of a ruling such as `W-12`. */
interface CitationFact extends Placed {
  readonly kind: "anchor" | "section" | "ruling";
  readonly target: string;
}

export interface Facts {
  readonly source: Source;
  /** False if the text was given up, so that nothing can be said about it. */
  readonly readable: boolean;
  /** Text of the first heading of depth 1. */
  readonly title: string | undefined;
  readonly headings: readonly HeadingFact[];
  readonly tables: readonly TableFact[];
  readonly fences: readonly FenceFact[];
  readonly requirements: readonly RequirementFact[];
  readonly gates: readonly GateFact[];
  readonly anchors: readonly AnchorFact[];
  readonly words: readonly WordFact[];
  readonly citations: readonly CitationFact[];
  /** Code spans of tables that could not be read: they may be names, so nobody complains about them. */
  readonly tentative: ReadonlySet<string>;
}
