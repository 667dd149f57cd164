import { pointerKey } from "../../parse/json.js";
import type { Report } from "../../parse/report.js";
import { keyPosition } from "../build.js";
import { nameKind, type Draft } from "../draft.js";
import type { JsonSchema } from "../schema.js";
import { nearestNames } from "../spelling.js";
import { strangersIn, type Stranger } from "../strangers.js";
import { isObject } from "../subset.js";
import type { Position } from "../types.js";
import type { Rule } from "./rule.js";

/** So many of the names that are known are offered. */
const OFFERED = 3;

/** Examples and the steps of traces have no member that their own schema does not know: a name that is gone, say. */
export const strangerRules: Rule = (draft, report) => {
  for (const example of draft.examples) {
    for (const found of inExample(draft, example.of, example.value)) {
      // Where an invalid example is to fail, it is told that it does not.
      if (example.invalid?.pointer === pointerOf(found)) continue;
      tell(
        report,
        keyPosition(example, found.parent, found.key),
        `the example ${example.id}`,
        example.of,
        found,
      );
    }
  }
  for (const { id, steps } of draft.traces) {
    for (const { type, members, position } of steps) {
      if (!draft.messages.some((message) => message.type === type)) continue;
      const beside = schemasOf(draft, type, "Envelope");
      if (beside.length < 2) continue;
      for (const found of around(draft, members, [{ anyOf: beside }], type))
        tell(report, position, `the trace ${id}`, type, found);
    }
  }
};

function* inExample(draft: Draft, of: string, value: unknown): Generator<Stranger, void> {
  const kind = nameKind(draft, of);
  if (kind === undefined) return;
  if (kind === "kind") yield* around(draft, value, schemasOf(draft, "job.event"), "job.event");
  else if (kind !== "message") yield* strangersIn(value, schemasOf(draft, of), draft.schemas);
  else {
    yield* strangersIn(value, schemasOf(draft, "Envelope"), draft.schemas);
    const payload = isObject(value) ? value["payload"] : undefined;
    for (const found of around(draft, payload, schemasOf(draft, of), of))
      yield { ...found, parent: `/payload${found.parent}` };
  }
}

/** In an object that may be an event; its body is then that of a kind. */
function* around(
  draft: Draft,
  value: unknown,
  schemas: readonly JsonSchema[],
  type: string,
): Generator<Stranger, void> {
  yield* strangersIn(value, schemas, draft.schemas);
  if (type !== "job.event" || !isObject(value)) return;
  const { kind, body } = value;
  if (typeof kind !== "string" || nameKind(draft, kind) !== "kind") return;
  yield* strangersIn(body, schemasOf(draft, kind), draft.schemas, "/body");
}

function schemasOf(draft: Draft, ...names: readonly string[]): JsonSchema[] {
  return names.flatMap((name): JsonSchema[] => {
    const schema = draft.schemas.get(name)?.schema;
    return schema === undefined ? [] : [schema];
  });
}

function tell(report: Report, at: Position, where: string, of: string, found: Stranger): void {
  const near = nearestNames(found.key, found.known, OFFERED).join(", ");
  const message = `${where} has ${pointerOf(found)}, which no schema of ${of} knows`;
  const fix = `nearest there: ${near}; rename it, strike it, declare it in the schema, or call it x-… if it is to be unknown`;
  report("unknown-member", at, message, fix);
}

function pointerOf({ parent, key }: Stranger): string {
  return `${parent}/${pointerKey(key)}`;
}
