/** Error codes and lease namespaces that came, went or mean something else. */
import type { ErrorCode, Namespace, PatternKind } from "../model/types.js";
import { likeness, nameLikeness } from "./alike.js";
import { readerName } from "./claim.js";
import type { Claim, Hop, Sides } from "./claim.js";
import { detailsOf, orUndecided, tableChanges } from "./table.js";
import type { Found } from "./table.js";
import { NOWHERE, last, wordClaims } from "./words.js";

export function errorChanges(sides: Sides): Found[] {
  const claims = (it: ErrorCode | undefined, hop: Hop, why: string): Claim[] =>
    it === undefined
      ? []
      : wordClaims(sides, it.code, hop, {
          verdict: "degrades",
          reason: `${readerName(hop)} ${why}`,
          value: (place) => (last(place) === "code" ? it.code : undefined),
        });
  const found = tableChanges(sides.old.model.errors, sides.new.model.errors, {
    subject: "error",
    nameOf: ({ code }) => code,
    near: (a, b) =>
      a.retryable === b.retryable
        ? Math.max(nameLikeness(a.code, b.code), likeness(a.meaning, b.meaning))
        : 0,
    details: (a, b) => detailsOf([["retryable", a.retryable, b.retryable]]),
    meaning: ({ meaning }) => meaning,
    about: ({ retryable }) => (retryable ? "retryable" : "not retryable"),
    claims: (before, after, how) => {
      const why =
        how === "changed" ? "has another view of whether to try again" : "does not know the code";
      return [...claims(before, "toNew", why), ...claims(after, "toOld", why)];
    },
  });
  return orUndecided(found, NOWHERE);
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
  const found = tableChanges(sides.old.model.namespaces, sides.new.model.namespaces, {
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
    meaning: ({ meaning }) => meaning,
    about: ({ pattern, feature }) =>
      `each pattern a ${pattern}${feature === undefined ? "" : `, feature ${feature}`}`,
    claims: (before, after, how) => {
      const why =
        how === "changed" ? "takes its patterns otherwise" : "does not know what it would allow";
      return [...claims(before, "toNew", why), ...claims(after, "toOld", why)];
    },
  });
  return orUndecided(found, NOWHERE);
}
