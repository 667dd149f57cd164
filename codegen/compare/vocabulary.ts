/** Words of open lists that came, went or mean something else: error codes, flags, namespaces, states. */
import type { ErrorCode, Feature, Gate, Namespace, PatternKind } from "../model/types.js";
import { likeness, nameLikeness } from "./alike.js";
import { HOPS, lanesOf, readerName, readerOf, writerOf } from "./claim.js";
import type { Claim, Hop, Shown, Sides } from "./claim.js";
import type { Place } from "./places.js";
import { detailsOf, tableChanges } from "./table.js";
import type { Found } from "./table.js";

/** What a word does to a message, in one hop: the values that bear it, where it stands, and what comes of it. */
interface Word {
  readonly verdict: Claim["verdict"];
  readonly reason: string;
  /** Whether the word stands at this place; its value there, if so. */
  readonly value: (place: Place) => unknown;
  /** The flag without which it is not sent. */
  readonly feature?: string | undefined;
}

/** Claims of all places at which the writer can say a word. */
export function wordClaims(sides: Sides, name: string, hop: Hop, word: Word): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  return sides.places.flatMap((place): Claim[] => {
    const half = hop === "toNew" ? place.old : place.new;
    const value = half === undefined ? undefined : word.value(place);
    if (half === undefined || value === undefined || place.type === undefined) return [];
    const message = half.put(value);
    if (writer.read(message).outcome === "refused") return [];
    const shows: Shown[] = [{ id: `made:${name}`, message, want: "taken", at: place.pointer }];
    return lanesOf(writer, place.type).map((lane): Claim => {
      const { feature, verdict, reason } = word;
      if (feature === undefined || reader.hasFlag(feature) || lane === "stored") {
        return { hop, lane, verdict, reason, shows };
      }
      const them = readerName(hop);
      const why = `sent only where \`${feature}\` is agreed on, which ${them} does not have`;
      return { hop, lane, verdict: "works", reason: why, shows };
    });
  });
}

const last = ({ path }: Place): string | undefined => path.at(-1);

export function errorChanges(sides: Sides): Found[] {
  const claims = (it: ErrorCode | undefined, hop: Hop, why: string): Claim[] =>
    it === undefined
      ? []
      : wordClaims(sides, it.code, hop, {
          verdict: "degrades",
          reason: `${readerName(hop)} ${why}`,
          value: (place) => (last(place) === "code" ? it.code : undefined),
        });
  return tableChanges(sides.old.model.errors, sides.new.model.errors, {
    subject: "error",
    nameOf: ({ code }) => code,
    near: (a, b) =>
      a.retryable === b.retryable
        ? Math.max(nameLikeness(a.code, b.code), likeness(a.meaning, b.meaning))
        : 0,
    details: (a, b) => detailsOf([["retryable", a.retryable, b.retryable]]),
    about: ({ retryable }) => (retryable ? "retryable" : "not retryable"),
    claims: (before, after, how) => {
      const why =
        how === "changed" ? "has another view of whether to try again" : "does not know the code";
      return [...claims(before, "toNew", why), ...claims(after, "toOld", why)];
    },
  });
}

export function featureChanges(sides: Sides): Found[] {
  const claims = (it: Feature | undefined, hop: Hop): Claim[] =>
    it === undefined
      ? []
      : wordClaims(sides, it.flag, hop, {
          verdict: "works",
          reason: `${readerName(hop)} does not name it, so nothing that it gates is sent`,
          value: (place) => (last(place) === "features" ? [it.flag] : undefined),
        });
  return tableChanges(sides.old.model.features, sides.new.model.features, {
    subject: "feature",
    nameOf: ({ flag }) => flag,
    details: (a, b) =>
      gatesOf(a).sort().join() === gatesOf(b).sort().join()
        ? []
        : detailsOf([["gates", gatesOf(a), gatesOf(b)]]),
    about: (it) => `gates ${gatesOf(it).join(", ")}`,
    claims: (before, after, how) =>
      how === "changed"
        ? gateClaims(sides, before, after)
        : [...claims(before, "toNew"), ...claims(after, "toOld")],
  });
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
    const [verdict, reason] =
      freed.length === 0
        ? (["works", "what it gates in one only, only that one has"] as const)
        : (["degrades", `${readerName(hop)} wants the flag for what was free`] as const);
    return (["requests", "answers"] as const).map((lane) => ({
      hop,
      lane,
      verdict,
      reason,
      shows: [],
      table: true,
    }));
  });
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

/** A pattern of each sort. */
const PATTERNS: Readonly<Record<PatternKind, string>> = {
  path: "/data/**",
  url: "https://example.com/**",
  name: "any",
  amount: "USD:1.00",
};

export function namespaceChanges(sides: Sides): Found[] {
  const claims = (it: Namespace | undefined, hop: Hop, why: string): Claim[] =>
    it === undefined
      ? []
      : wordClaims(sides, it.namespace, hop, {
          verdict: "degrades",
          reason: `${readerName(hop)} ${why}`,
          feature: it.feature,
          value: ({ owner, path }) =>
            owner === "Lease" && path.length === 0
              ? { [it.namespace]: [PATTERNS[it.pattern]] }
              : undefined,
        });
  return tableChanges(sides.old.model.namespaces, sides.new.model.namespaces, {
    subject: "namespace",
    nameOf: ({ namespace }) => namespace,
    near: (a, b) =>
      a.pattern === b.pattern
        ? Math.max(nameLikeness(a.namespace, b.namespace), likeness(a.meaning, b.meaning))
        : 0,
    details: (a, b) =>
      detailsOf([
        ["pattern", a.pattern, b.pattern],
        ["feature", a.feature, b.feature],
      ]),
    about: ({ pattern, feature }) =>
      `each pattern a ${pattern}${feature === undefined ? "" : `, feature ${feature}`}`,
    claims: (before, after, how) => {
      const why =
        how === "changed" ? "takes its patterns otherwise" : "does not know what it would allow";
      return [...claims(before, "toNew", why), ...claims(after, "toOld", why)];
    },
  });
}
