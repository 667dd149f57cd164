/** Flags that came, went, or gate something else. */
import type { Feature, Gate } from "../model/types.js";
import { HOPS, lanesOf, readerName, writerName, writerOf } from "./claim.js";
import type { Claim, Hop, Lane, Sides } from "./claim.js";
import { detailsOf, orUndecided, tableChanges } from "./table.js";
import type { Found } from "./table.js";
import { NOWHERE, last, wordClaims } from "./words.js";

export function featureChanges(sides: Sides): Found[] {
  const claims = (it: Feature | undefined, hop: Hop): Claim[] =>
    it === undefined
      ? []
      : wordClaims(sides, it.flag, hop, {
          verdict: "works",
          reason: `${readerName(hop)} does not name it, so nothing that it gates is sent`,
          value: (place) => (last(place) === "features" ? [it.flag] : undefined),
        });
  const found = tableChanges(sides.old.model.features, sides.new.model.features, {
    subject: "feature",
    nameOf: ({ flag }) => flag,
    details: (a, b) =>
      gatesOf(a).sort().join() === gatesOf(b).sort().join()
        ? []
        : detailsOf([["gates", gatesOf(a), gatesOf(b)]]),
    meaning: ({ meaning }) => meaning,
    about: (it) => `gates ${gatesOf(it).join(", ")}`,
    claims: (before, after, how) =>
      how === "changed"
        ? gateClaims(sides, before, after)
        : [...claims(before, "toNew"), ...claims(after, "toOld")],
  });
  return orUndecided(found, NOWHERE);
}

function gatesOf({ gates }: Feature): string[] {
  return gates.map(gateName);
}

function gateName(gate: Gate): string {
  if (gate.kind === "field") return [gate.name, ...gate.path].join("/");
  return gate.kind === "message" ? gate.name : `${gate.kind}:${gate.name}`;
}

/** Both have the flag: what it gates in one only is either new there, and said of there, or was free before. */
function gateClaims(sides: Sides, before?: Feature, after?: Feature): Claim[] {
  return HOPS.flatMap((hop): Claim[] => {
    const [w, r] = hop === "toNew" ? [before, after] : [after, before];
    const own = new Set(w === undefined ? [] : gatesOf(w));
    const more = (r?.gates ?? []).filter((gate) => !own.has(gateName(gate)));
    const freed = more.filter((gate) => exists(sides, hop, gate));
    return (["requests", "answers"] as const).map((lane) => {
      const wanted = freed.some((gate) => passes(sides, hop, gate, lane));
      const reason = wanted
        ? `${readerName(hop)} wants the flag for what ${writerName(hop)} says without it`
        : freed.length === 0
          ? "what it gates in one only, only that one has"
          : `what ${readerName(hop)} wants the flag for goes the other way`;
      return { hop, lane, verdict: wanted ? "degrades" : "works", reason, shows: [], table: true };
    });
  });
}

/** Whether what a gate names may stand in what passes there: events come from the runtime, and a name of a form says nothing. */
function passes(sides: Sides, hop: Hop, { kind, name }: Gate, lane: Lane): boolean {
  const writer = writerOf(sides, hop);
  if (writer.message(name) !== undefined) return lanesOf(writer, name).includes(lane);
  const event = kind === "kind" || writer.model.kinds.some((it) => it.kind === name);
  return !event || lane === "answers";
}

/** Whether the writer has what a gate of the reader names. */
function exists(sides: Sides, hop: Hop, gate: Gate): boolean {
  const { model, message, resolve } = writerOf(sides, hop);
  if (gate.kind === "message") return message(gate.name) !== undefined;
  if (gate.kind === "kind") return model.kinds.some(({ kind }) => kind === gate.name);
  if (gate.kind === "namespace") {
    return model.namespaces.some(({ namespace }) => namespace === gate.name);
  }
  const named = [...model.messages, ...model.kinds, ...model.definitions].find(
    ({ schema }) => schema.of === gate.name,
  );
  let schema = named?.schema.schema;
  for (const name of gate.path) schema = schema && resolve(schema).properties?.[name];
  return schema !== undefined;
}
