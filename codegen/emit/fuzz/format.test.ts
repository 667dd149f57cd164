/** docs/fuzzing.md says all that a reader of `fuzz/model.json` in another language has to know. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REVISIONS } from "../generated-drafts.js";
import { FORMAT } from "./format.js";

const page = readFileSync(new URL("../../../docs/fuzzing.md", import.meta.url), "utf8");
const part = page.split("## The model, for any language")[1]!.split("\n## ")[0]!;
const models = REVISIONS.map(
  ([, folder]) => JSON.parse(readFileSync(new URL("fuzz/model.json", folder), "utf8")) as Model,
);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}
type Steps = readonly { readonly steps: readonly Readonly<Record<string, unknown>>[] }[];
interface Model {
  readonly envelope: { readonly schema: Schema };
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly messages: readonly { readonly schema: Schema }[];
  readonly kinds: readonly { readonly schema: Schema }[];
  readonly moves: Steps;
  readonly missteps: Steps;
  readonly traces: Steps;
}

/** A schema, and those in it. */
function* within(schema: Schema): Generator<Schema> {
  yield schema;
  const { properties = {}, items, anyOf = [], additionalProperties: rest } = schema;
  for (const one of [...Object.values(properties), ...anyOf]) yield* within(one);
  if (items !== undefined) yield* within(items);
  if (typeof rest === "object") yield* within(rest);
}

const unsaid = (names: Iterable<string>): string[] =>
  [...new Set(names)].filter((name) => !part.includes(`\`${name}\``));

const schemas = [FORMAT as Schema, ...(Object.values(FORMAT.$defs) as readonly Schema[])].flatMap(
  (one) => [...within(one)],
);

it("format.schema.json says every member in a sentence", () => {
  const bare = schemas.flatMap(({ properties = {} }) =>
    // One that is named again where it is required has its sentence where it is described.
    Object.entries(properties).filter(
      ([, one]) => typeof one === "object" && one.description?.endsWith(".") !== true,
    ),
  );
  expect(bare.map(([name]) => name)).toEqual([]);
});

describe("the guide to the model", () => {
  it("says each member of the format", () => {
    const members = schemas.flatMap((one) => Object.keys(one.properties ?? {}));
    expect(members.length).toBeGreaterThan(80);
    expect(unsaid(members)).toEqual([]);
  });

  it("says each keyword that the schemas of a draft have", () => {
    const schemas = models.flatMap(({ envelope, definitions, messages, kinds }) => [
      envelope.schema,
      ...Object.values(definitions),
      ...[...messages, ...kinds].map(({ schema }) => schema),
    ]);
    expect(unsaid(schemas.flatMap((one) => [...within(one)].flatMap(Object.keys)))).toEqual([]);
  });

  it("says each event of the steps, and each capture that is no more than a name", () => {
    const rows = models.flatMap(({ moves, missteps, traces }) => [
      ...moves,
      ...missteps,
      ...traces,
    ]);
    const steps = rows.flatMap(({ steps }) => steps);
    expect(
      unsaid(steps.flatMap(({ event }) => (typeof event === "string" ? [event] : []))),
    ).toEqual([]);
    const captures = JSON.stringify(rows).matchAll(
      /\{"\$":"(NEXT|SEQ|SKIP|FEATURES|TOKEN|AGENT|WRONG|NO\w+)"\}/g,
    );
    expect(unsaid([...captures].map(([, name]) => `$${name}`))).toEqual([]);
  });
});
