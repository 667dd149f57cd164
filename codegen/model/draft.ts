/** The spec half joined: everything read, not yet known to be whole. The rules look at this. */
import type { JsonNode } from "../parse/json.js";
import type { AbnfRule } from "../parse/abnf.js";
import type { Facts, FenceFact } from "../parse/facts.js";
import type {
  ErrorCode,
  EventKind,
  Example,
  Feature,
  FieldTable,
  GrammarRule,
  Limit,
  Message,
  Namespace,
  Position,
  Requirement,
  SchemaBlock,
  Section,
  StateMachine,
  Trace,
} from "./types.js";

/** A fence of JSON that could be read. */
export interface JsonText {
  readonly fence: FenceFact;
  readonly json: JsonNode;
}

export type SchemaText = SchemaBlock & JsonText;
export type ExampleText = Example & JsonText;
type MessageRow = Omit<Message, "schema">;
type KindRow = Omit<EventKind, "schema">;

/** A grammar rule with what it consists of. */
export interface GrammarText {
  readonly rule: GrammarRule;
  readonly abnf: AbnfRule;
  readonly fence: FenceFact;
}

/** What a name of the spec stands for. */
export type NameKind = "envelope" | "message" | "kind" | "definition";

export interface Draft {
  readonly facts: Facts;
  readonly file: string;
  readonly hash: string;
  readonly revision: string;
  readonly version: string;
  readonly sections: readonly Section[];
  readonly messages: readonly MessageRow[];
  readonly kinds: readonly KindRow[];
  readonly errors: readonly ErrorCode[];
  readonly features: readonly Feature[];
  readonly namespaces: readonly Namespace[];
  readonly limits: readonly Limit[];
  /** Transitions in machines, those without a beginning among them. */
  readonly machines: readonly StateMachine[];
  /** Words of tables and rows that could not be read: nobody complains that they are not declared. */
  readonly tentative: ReadonlySet<string>;
  /** Position of the first table of each machine; a machine with a row that was refused has none. */
  readonly machinePositions: ReadonlyMap<string, Position>;
  /** The first schema of each name that could be read. */
  readonly schemas: ReadonlyMap<string, SchemaText>;
  /** Names that have a schema, readable or not. */
  readonly schemaNames: ReadonlySet<string>;
  readonly examples: readonly ExampleText[];
  readonly requirements: readonly Requirement[];
  readonly grammar: readonly GrammarText[];
  readonly traces: readonly Trace[];
  readonly fieldTables: readonly FieldTable[];
}

/** Whether a name is that of the envelope, a definition, a message type or an event kind. */
export function nameKind(
  draft: Pick<Draft, "messages" | "kinds">,
  name: string,
): NameKind | undefined {
  if (name === "Envelope") return "envelope";
  if (/^[A-Z]/.test(name)) return "definition";
  if (draft.messages.some((message) => message.type === name)) return "message";
  if (draft.kinds.some((kind) => kind.kind === name)) return "kind";
  return undefined;
}

/** True for names of vendors, which nobody declares. */
export function isVendor(name: string): boolean {
  return name.startsWith("x-vendor.");
}
