import { createRequire } from "node:module";
import type * as ajv from "ajv";
import type * as schemaTypes from "json-schema-to-typescript";
import type * as remark from "remark";
import type * as remarkGfm from "remark-gfm";
import type * as tsMorph from "ts-morph";
import type * as yaml from "yaml";

/**
 * Packages that are dear to load, loaded when they are first needed. By `require`, since a loader of
 * TypeScript asks its thread about every module that is imported: for the two hundred small ones of a
 * Markdown parser that takes half a second.
 */
const require = createRequire(import.meta.url);

/** Markdown, and its tables. */
export function loadRemark(): typeof remark & { readonly gfm: typeof remarkGfm.default } {
  const { default: gfm } = require("remark-gfm") as typeof remarkGfm;
  return { ...(require("remark") as typeof remark), gfm };
}

/** The validator of JSON Schema. */
export function loadAjv(): typeof ajv {
  return require("ajv") as typeof ajv;
}

/** Syntax trees of TypeScript. */
export function loadTsMorph(): typeof tsMorph {
  return require("ts-morph") as typeof tsMorph;
}

/** Types from schemas. */
export function loadSchemaTypes(): typeof schemaTypes {
  return require("json-schema-to-typescript") as typeof schemaTypes;
}

/** YAML. */
export function loadYaml(): typeof yaml {
  return require("yaml") as typeof yaml;
}
