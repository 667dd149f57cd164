/** The form of `fuzz/model.json`; `fuzz/format.schema.json` says the same, with words. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, Json>>;

/** As much of JSON Schema 2020-12 as the model uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** A message type of the model. */
export interface MessageRow {
  readonly type: string;
  readonly direction: "client-to-runtime" | "runtime-to-client" | "both";
  readonly feature?: string;
  readonly section: string;
  readonly job?: "envelope" | "either" | "payload";
  readonly seq: boolean;
  readonly replies: readonly string[];
  readonly schema: Schema;
}

/** A kind of event of the model. */
export interface KindRow {
  readonly kind: string;
  readonly feature?: string;
  readonly section: string;
  readonly schema: Schema;
}

/** One thing that a schema asks of a message. */
export interface Constraint {
  /** `job.submit/payload/agent#pattern`. */
  readonly id: string;
  /** Message type, event kind, or `Envelope` for any message. */
  readonly of: string;
  /** JSON pointer from the root of the message; `*` for any item, and any name of a map. */
  readonly pointer: string;
  readonly keyword: string;
  readonly section: string;
  /** The choice in a branch of which this is asked: a validator may report that as well. */
  readonly choice?: string;
  /** Requirement by which a receiver takes what breaks it as if it were absent. */
  readonly tolerated?: string;
  /** Why no message breaks this and nothing else. */
  readonly inseparable?: string;
}

/** A set of strings, and the automaton that decides it. */
export interface Language {
  readonly name: string;
  readonly section?: string;
  readonly text: string;
  readonly accept?: readonly number[];
  readonly edges?: readonly (readonly [from: number, first: number, last: number, to: number])[];
  readonly undecided?: string;
}

/** Who sends a message. */
export type Side = "client" | "runtime";

/** A step as it is written: a message with what matters of it, a frame, or something that is neither. */
export type WrittenStep =
  | { readonly from: Side; readonly type: string; readonly members: JsonObject }
  | { readonly from: Side; readonly text: string }
  | { readonly event: string; readonly text?: string };

export interface Machine {
  readonly subject: string;
  readonly initial: string;
  readonly states: readonly string[];
  readonly terminal: readonly string[];
  readonly transitions: readonly {
    readonly from?: string;
    readonly to: string;
    readonly on: string;
  }[];
}

export interface Move {
  readonly machine: string;
  readonly on: string;
  readonly steps: readonly WrittenStep[];
  readonly binds: readonly string[];
  readonly becomes: Readonly<Record<string, string>>;
}

/** What the draft says is answered to something that may not be done. */
export interface Expected {
  readonly requirements: readonly string[];
  readonly type: string;
  readonly code?: string;
  readonly details?: JsonObject;
  /** Whether the transport ends then; else the session lives on. */
  readonly ends: boolean;
}

export interface Misstep {
  readonly id: string;
  readonly side: Side;
  readonly in: { readonly session: string; readonly job?: "none" | "running" | "ended" };
  readonly breaks: readonly string[];
  readonly steps: readonly WrittenStep[];
  readonly expect?: Expected;
}

export interface Trace {
  readonly id: string;
  readonly section: string;
  readonly requirements: readonly string[];
  readonly given: readonly string[];
  readonly steps: readonly WrittenStep[];
}

/** What `fuzz/model.json` holds. */
export interface FuzzModel {
  readonly form: 1;
  readonly revision: string;
  readonly version: string;
  /** What messages have as `arcp`. */
  readonly arcp: string;
  /** The file of the draft. */
  readonly spec?: string;
  readonly requirements: readonly string[];
  readonly features: readonly string[];
  readonly formats: Readonly<Record<string, string>>;
  readonly envelope: { readonly section: string; readonly schema: Schema };
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly messages: readonly MessageRow[];
  readonly kinds: readonly KindRow[];
  readonly constraints: readonly Constraint[];
  readonly rules: readonly Language[];
  readonly patterns: readonly Language[];
  readonly machines: readonly Machine[];
  readonly moves: readonly Move[];
  readonly unwalked: readonly {
    readonly machine: string;
    readonly on: string;
    readonly why: string;
  }[];
  readonly missteps: readonly Misstep[];
  readonly traces: readonly Trace[];
}
