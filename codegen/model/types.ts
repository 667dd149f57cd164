/**
 * The protocol as the generator sees it: plain data, in the order of the spec, each piece with the
 * place it was read from. `parse/` makes the facts, `model/build.ts` joins them, `emit/` only reads.
 */
import type { Member } from "../parse/members.js";
import type { JsonSchema } from "./schema.js";

/** Where something stands: 1-based line and column in a file named relative to the project. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Just behind the last character, where it is known: that of a JSON value in a fence is. */
  readonly end?: { readonly line: number; readonly column: number };
}

export interface Section {
  /** "7.1" */
  readonly number: string;
  readonly title: string;
  /** The anchor that generated code links to: "job-submit". */
  readonly anchor: string;
  readonly position: Position;
}

interface Placed {
  readonly position: Position;
  /** Number of the section it stands in. */
  readonly section: string;
}

export type Direction = "client-to-runtime" | "runtime-to-client" | "both";

export interface Message extends Placed {
  readonly type: string;
  readonly direction: Direction;
  readonly since: string;
  readonly feature: string | undefined;
  /** Whether it belongs to a job, and so names it. */
  readonly job: boolean;
  /** Whether it bears an `event_seq`. */
  readonly seq: boolean;
  readonly replies: readonly string[];
  readonly meaning: string;
  /** Schema of the payload, as written. */
  readonly schema: SchemaBlock;
}

export interface EventKind extends Placed {
  readonly kind: string;
  readonly since: string;
  readonly feature: string | undefined;
  readonly meaning: string;
  /** Schema of the body. */
  readonly schema: SchemaBlock;
}

export interface Definition extends Placed {
  /** Capitalised name, `Envelope` not among them. */
  readonly name: string;
  /** True for a branded id (`x-arcp-id`). */
  readonly id: boolean;
  readonly schema: SchemaBlock;
}

export interface SchemaBlock extends Placed {
  readonly of: string;
  readonly schema: JsonSchema;
}

export interface ErrorCode extends Placed {
  readonly code: string;
  readonly retryable: boolean;
  readonly since: string;
  readonly hint: string;
  readonly meaning: string;
}

export type Gate =
  | { readonly kind: "message"; readonly name: string }
  | { readonly kind: "kind"; readonly name: string }
  | { readonly kind: "namespace"; readonly name: string }
  | { readonly kind: "field"; readonly name: string; readonly path: readonly string[] };

export interface Feature extends Placed {
  readonly flag: string;
  readonly since: string;
  readonly gates: readonly Gate[];
  readonly meaning: string;
}

export type PatternKind = "path" | "url" | "name" | "amount";

export interface Namespace extends Placed {
  readonly namespace: string;
  readonly since: string;
  readonly feature: string | undefined;
  readonly pattern: PatternKind;
  readonly meaning: string;
}

export interface Transition extends Placed {
  /** `undefined` where the machine begins. */
  readonly from: string | undefined;
  readonly to: string;
  readonly on: string;
  readonly meaning: string;
}

export interface StateMachine {
  readonly subject: string;
  readonly initial: string;
  readonly states: readonly string[];
  /** States that nothing leaves. */
  readonly terminal: readonly string[];
  readonly transitions: readonly Transition[];
}

export interface Limit extends Placed {
  readonly name: string;
  /** `undefined` for `none`. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly meaning: string;
}

export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";
export type Side = "runtime" | "client" | "both" | "agent" | "operator";

export interface Requirement extends Placed {
  readonly id: string;
  readonly level: Level;
  readonly side: Side;
  readonly feature: string | undefined;
  /** Markdown removed, white space folded. */
  readonly sentence: string;
}

export interface Example extends Placed {
  readonly id: string;
  readonly of: string;
  readonly value: unknown;
  readonly invalid: { readonly pointer: string; readonly keyword: string } | undefined;
  readonly requirements: readonly string[];
}

export interface GrammarRule extends Placed {
  readonly name: string;
  readonly expression: string;
}

export interface TraceStep {
  readonly position: Position;
  readonly from: "C" | "R";
  readonly to: "C" | "R";
  readonly type: string;
  readonly rest: string;
  /** What `rest` says: members of the envelope and of the payload side by side. */
  readonly members: Readonly<Record<string, Member>>;
}

/** What happens in a trace that is no message: "the transport drops". */
export interface TraceEvent {
  /** The step that it comes before; the number of steps, at the end. */
  readonly before: number;
  readonly text: string;
}

export interface Trace extends Placed {
  readonly id: string;
  readonly requirements: readonly string[];
  readonly steps: readonly TraceStep[];
  readonly events: readonly TraceEvent[];
}

/** A table of fields as it stands in the text, kept to tell whether it is stale. */
export interface FieldTable extends Placed {
  readonly of: string;
  readonly rows: readonly (readonly string[])[];
  /** Lines of the table, first and last, 1-based. */
  readonly lines: readonly [number, number];
}

export interface Model {
  /** The draft by its name: "1.1", "02". */
  readonly revision: string;
  /** The version of the protocol that it describes: "1.1", "1.0". */
  readonly version: string;
  /** The spec file, relative to the project, and the hash of its text. */
  readonly file: string;
  readonly hash: string;
  readonly sections: readonly Section[];
  readonly envelope: SchemaBlock;
  readonly messages: readonly Message[];
  readonly kinds: readonly EventKind[];
  readonly definitions: readonly Definition[];
  readonly errors: readonly ErrorCode[];
  readonly features: readonly Feature[];
  readonly namespaces: readonly Namespace[];
  readonly machines: readonly StateMachine[];
  readonly limits: readonly Limit[];
  readonly requirements: readonly Requirement[];
  readonly examples: readonly Example[];
  readonly rules: readonly GrammarRule[];
  readonly traces: readonly Trace[];
  readonly fieldTables: readonly FieldTable[];
}

/** One finding: what, where, and how to mend it. */
export interface Diagnostic {
  readonly rule: string;
  readonly position: Position;
  readonly message: string;
  readonly fix: string;
}
