import { keyPosition, positionIn } from "../build.js";
import { nameKind, type Draft, type SchemaText } from "../draft.js";
import { formats } from "../formats.js";
import { keywords, referenceName, subSchemas } from "../subset.js";
import type { Position } from "../types.js";
import type { Rule } from "./rule.js";

/** Each message and kind has a schema, and each schema something that it describes. */
export const pairingRules: Rule = (draft, report) => {
  const { facts, messages, kinds, schemaNames } = draft;
  if (!schemaNames.has("Envelope")) {
    const fix = "write a fence `json schema of=Envelope`";
    report("missing-envelope", facts.source.at(0), "nothing describes the envelope", fix);
  }
  const declared = [
    ...messages.map(({ type, position }) => ({ name: type, what: "message", position })),
    ...kinds.map(({ kind, position }) => ({ name: kind, what: "event kind", position })),
  ];
  for (const { name, what, position } of declared) {
    if (schemaNames.has(name)) continue;
    const fix = `write a fence \`json schema of=${name}\``;
    report("message-without-schema", position, `the ${what} ${name} has no schema`, fix);
  }
  for (const { role, position, section } of facts.fences) {
    if (role.kind !== "schema") continue;
    const known = nameKind(draft, role.of) !== undefined || draft.tentative.has(role.of);
    if (!known) {
      const message = `no table declares ${role.of}`;
      const fix = "add a row to a table of messages or kinds; definitions begin with a capital";
      report("schema-without-message", position, message, fix);
    }
    if (section === "") {
      const message = `the schema of ${role.of} stands in no section`;
      report("unplaced-schema", position, message, "move it below a numbered heading");
    }
  }
};

/** What may stand in a schema. */
export const subsetRules: Rule = (draft, report) => {
  for (const text of draft.schemas.values()) {
    for (const { schema, pointer, property } of subSchemas(text.schema)) {
      const malformed = (keyword: string, message: string, fix: string): void =>
        report("malformed-schema", positionIn(text, `${pointer}/${keyword}`), message, fix);

      if (property !== undefined && !hasText(schema.description)) {
        const fix =
          'add a "description": it becomes the doc comment and the row of the field table';
        const message = `the property ${property} of ${text.of} has no description`;
        report("schema-without-description", positionIn(text, pointer), message, fix);
      }
      for (const keyword of Object.keys(schema)) {
        if (keywords.has(keyword) || keyword.startsWith("x-arcp-")) continue;
        const position = keyPosition(text, pointer, keyword);
        const fix = `use only ${[...keywords].join(", ")}`;
        report("malformed-schema", position, `"${keyword}" is not read by the generator`, fix);
      }
      if (schema.additionalProperties === false) {
        const fix = "leave it out: objects stay open, so that a newer peer may add to them";
        malformed("additionalProperties", `${text.of} forbids unknown properties`, fix);
      }
      if (schema.format !== undefined && !Object.hasOwn(formats, schema.format)) {
        const fix = `use ${Object.keys(formats).join(", ")}, or a pattern`;
        malformed("format", `the format "${schema.format}" is not known`, fix);
      }
      const { properties, required } = schema;
      if (properties === undefined || !Array.isArray(required)) continue;
      for (const [index, name] of required.entries()) {
        if (Object.hasOwn(properties, String(name))) continue;
        const fix = "describe it under properties, or mend its name";
        malformed(
          `required/${index}`,
          `${text.of} requires "${name}" and does not describe it`,
          fix,
        );
      }
    }
  }
};

/** References between schemas, and the names that examples and field tables give. */
export const referenceRules: Rule = (draft, report) => {
  const unknown = (position: Position, name: string): void => {
    const fix = `write a fence \`json schema of=${name}\`, or mend the name`;
    report("unresolved-reference", position, `there is no schema of ${name}`, fix);
  };
  for (const text of draft.schemas.values()) {
    for (const { schema, pointer } of subSchemas(text.schema)) {
      if (schema.$ref === undefined) continue;
      const name = referenceName(schema.$ref);
      const position = positionIn(text, `${pointer}/$ref`);
      if (name === undefined) {
        const message = `"${String(schema.$ref)}" refers to nothing here`;
        report("unresolved-reference", position, message, 'write "#/$defs/NAME"');
      } else if (!draft.schemaNames.has(name)) unknown(position, name);
    }
  }
  for (const { role, position } of draft.facts.fences) {
    if (role.kind === "example" && !hasOwner(draft, role.of)) unknown(position, role.of);
  }
  for (const table of draft.facts.tables) {
    if (table.kind !== "fields" || hasOwner(draft, table.subject)) continue;
    unknown(table.directive, table.subject);
  }
};

/** Types and validators are written out: none of them can hold itself. */
export const cycleRules: Rule = ({ schemas }, report) => {
  const done = new Set<string>();
  const visit = (text: SchemaText, path: readonly string[]): void => {
    const way = [...path, text.of];
    for (const { schema, pointer } of subSchemas(text.schema)) {
      const target = schemas.get(referenceName(schema.$ref) ?? "");
      if (target === undefined || done.has(target.of)) continue;
      const start = way.indexOf(target.of);
      if (start < 0) {
        visit(target, way);
        continue;
      }
      const cycle = [...way.slice(start), target.of].join(" → ");
      const message = `schemas refer to themselves in a circle: ${cycle}`;
      const fix = "break the circle: name what is inside by its id, or leave its shape open";
      report("cyclic-reference", positionIn(text, `${pointer}/$ref`), message, fix);
    }
    done.add(text.of);
  };
  for (const text of schemas.values()) if (!done.has(text.of)) visit(text, []);
};

/** True if a name has a schema, or if its lack has been reported where it is declared. */
function hasOwner(draft: Draft, name: string): boolean {
  const kind = nameKind(draft, name);
  return (
    draft.schemaNames.has(name) || kind === "message" || kind === "kind" || kind === "envelope"
  );
}

function hasText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
