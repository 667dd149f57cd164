import { posix } from "node:path";
import { fieldRows } from "../model/fieldtable.js";
import type { JsonSchema } from "../model/schema.js";
import type { Gate, Model } from "../model/types.js";
import type { Artefact } from "./artefact.js";
import { titleOf } from "./declared.js";
import { render } from "./template.js";

/** `reference.md`: the tables of the draft on one page, each row with a link to where it is explained. */
export function emitReference(model: Model): Artefact {
  const spec = posix.relative(`generated/draft-${model.revision}`, model.file);
  const prose = (text: string): string => cell(relink(text, spec));
  const link = (section: string): string => {
    const anchor = model.sections.find(({ number }) => number === section)?.anchor;
    return anchor === undefined ? `§${section}` : `[§${section}](${spec}#${anchor})`;
  };
  const shape = (id: string, title: string, section: string, schema: JsonSchema, text: string) => ({
    id,
    title,
    link: link(section),
    text: relink(text, spec),
    rows: fieldRows(schema).map(([field, type, required, meaning]) =>
      [field, linked(model, type), required, prose(meaning)].map(cell),
    ),
    // What is no object has no fields: its schema says it in fewer words.
    form: schema.properties === undefined ? JSON.stringify(bare(schema)) : "",
  });
  const flag = (feature: string | undefined): string =>
    feature === undefined ? "" : `\`${feature}\``;
  const row = <T extends { readonly meaning: string; readonly section: string }>(it: T) => ({
    ...it,
    meaning: prose(it.meaning),
    link: link(it.section),
  });

  const data = {
    title: titleOf(model),
    spec,
    messages: model.messages.map((it) => ({
      ...row(it),
      direction: DIRECTIONS[it.direction],
      feature: flag(it.feature),
      replies: it.replies.map((type) => `[\`${type}\`](#${type})`).join(", "),
      job: it.job ? "yes" : "",
      seq: it.seq ? "yes" : "",
    })),
    kinds: model.kinds.map((it) => ({ ...row(it), feature: flag(it.feature) })),
    shapes: [
      shape("Envelope", "Envelope", model.envelope.section, model.envelope.schema, ""),
      ...model.messages.map((it) =>
        shape(it.type, it.type, it.section, it.schema.schema, it.meaning),
      ),
      ...model.kinds.map((it) =>
        shape(
          `kind-${it.kind}`,
          `${it.kind} (event)`,
          it.schema.section,
          it.schema.schema,
          it.meaning,
        ),
      ),
      ...model.definitions.map((it) =>
        shape(it.name, it.name, it.section, it.schema.schema, it.schema.schema.description ?? ""),
      ),
    ],
    errors: model.errors.map((it) => ({
      ...row(it),
      retryable: it.retryable ? "yes" : "no",
      hint: cell(it.hint),
    })),
    features: model.features.map((it) => ({ ...row(it), gates: it.gates.map(gated).join(", ") })),
    namespaces: model.namespaces.map((it) => ({ ...row(it), feature: flag(it.feature) })),
    limits: model.limits.map((it) => ({
      ...row(it),
      value: it.value === undefined ? "none" : String(it.value),
    })),
    machines: model.machines.map(({ subject, initial, terminal, transitions }) => ({
      subject,
      initial,
      terminal: terminal.map((state) => `\`${state}\``).join(", "),
      transitions: transitions.map((it) => ({
        ...row(it),
        from: it.from === undefined ? "—" : `\`${it.from}\``,
      })),
    })),
    requirements: model.requirements.map((it) => ({
      ...it,
      sentence: cell(it.sentence),
      feature: flag(it.feature),
      link: link(it.section),
    })),
  };
  return { path: "reference.md", text: render(model, "reference", data) };
}

const DIRECTIONS = {
  "client-to-runtime": "C → R",
  "runtime-to-client": "R → C",
  both: "both",
} as const;

/** Links of the spec, which are relative to its own file, as seen from here. */
function relink(text: string, spec: string): string {
  return text
    .replace(/\]\(#/g, `](${spec}#`)
    .replace(/\]\((?![\w+.-]+:|\.\.?\/)([\w-]+\.md)/g, `](${posix.dirname(spec)}/$1`);
}

/** A pipe would end the cell. */
function cell(text: string): string {
  return text.replace(/(?<!\\)\|/g, "\\|");
}

/** Names of definitions lead to their own tables. */
function linked(model: Model, type: string): string {
  const names = new Set(model.definitions.map(({ name }) => name));
  return type.replace(/`([A-Z]\w*)`/g, (text, name: string) =>
    names.has(name) ? `[${text}](#${name})` : text,
  );
}

function bare(schema: JsonSchema): JsonSchema {
  const { description: _, ...rest } = schema;
  return rest;
}

function gated(gate: Gate): string {
  return gate.kind === "field"
    ? `field \`${[gate.name, ...gate.path].join("/")}\``
    : `${gate.kind} \`${gate.name}\``;
}
