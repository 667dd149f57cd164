/** Each JSON Schema that somebody else may compile does so where the validator is as strict as it can be. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { DRAFT } from "../generated/current/constants.js";
import { root } from "./guide.test-helper.js";

const schemas = ["docs", "generated", "conformance"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /(^|[./\\])schema\.json$/.test(name))
    .map((name) => join(folder, name)),
);

it("are found", () => {
  expect(schemas).toEqual(
    expect.arrayContaining([
      join("docs", "spec-diff.schema.json"),
      join("generated", `draft-${DRAFT}`, "schema.json"),
      join("generated", `draft-${DRAFT}`, "fuzz", "format.schema.json"),
      join("generated", `draft-${DRAFT}`, "fixtures", "format.schema.json"),
      join("conformance", "vectors", "vectors.schema.json"),
    ]),
  );
});

it.each(schemas)("%s compiles in strict mode", (path) => {
  const schema = JSON.parse(readFileSync(join(root, path), "utf8")) as object;
  // Formats are a package of their own, and docs/generated.md does without it.
  const validator = new Ajv2020({ strict: true, validateFormats: false });
  expect(validator.compile(schema)).toBeTypeOf("function");
});
