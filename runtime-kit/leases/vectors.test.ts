/** The vectors that are published for every language, with this implementation as one of their readers. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { ErrorCode, requirements } from "../../generated/current/index.js";
import { joined, leaseOf, listed, type Patterns, type Text } from "../../conformance/vectors.js";
import { charged, counterOf, countersOf, exhausted } from "./budget.js";
import { authorize } from "./enforce.js";
import { expiryOf, hasExpired } from "./expiry.js";
import { matches } from "./glob.js";
import { grammarOf } from "./grammars.js";
import { compileLease, type Compiled } from "./lease.js";
import { isSubset } from "./plain.js";

interface Case {
  readonly id: string;
  readonly name: string;
  readonly kind: "path" | "url" | "name";
  readonly namespace: string;
  readonly lease: Readonly<Record<string, Patterns>>;
  readonly pattern: Text;
  readonly patterns: Patterns;
  readonly target: Text;
  readonly covered: boolean;
  readonly accepted: boolean;
  readonly canonical?: string;
  readonly answer: string;
  readonly amounts: readonly string[];
  readonly costs: readonly { readonly value: number | string; readonly unit?: string }[];
  readonly left: Readonly<Record<string, string>>;
  readonly exhausted: boolean;
  readonly expires_at: string;
  readonly submitted_at: string;
  readonly at: string;
  readonly expired: boolean;
  readonly refused?: true;
  readonly parent: Readonly<Record<string, Patterns>>;
  readonly child: Readonly<Record<string, Patterns>>;
  readonly subset: boolean;
}

interface Vectors {
  readonly requirements: readonly string[];
  readonly format: string;
  readonly max_steps_per_character: number;
  readonly cases: readonly Case[];
}

const folder = new URL("../../conformance/vectors/", import.meta.url);
const load = (name: string): Vectors =>
  JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Vectors;

const files = readdirSync(folder).filter((n) => n.endsWith(".json") && n !== "vectors.schema.json");
const schema: object = JSON.parse(readFileSync(new URL("vectors.schema.json", folder), "utf8"));

/** A vendor's namespace of each kind, for the disc has no say in vectors. */
const VENDORS = {
  "x-vendor.v.path": "path",
  "x-vendor.v.url": "url",
  "x-vendor.v.name": "name",
} as const;
const served = ["fs.read", "fs.write", "net.fetch", "tool.call"];

function compiled(kind: Case["kind"], patterns: readonly string[]): Compiled {
  return compileLease({ [`x-vendor.v.${kind}`]: patterns }, { served, vendors: VENDORS });
}

function asked(lease: Compiled, namespace: string, target: string): string {
  if (!lease.ok) return ErrorCode.InvalidRequest;
  const verdict = authorize(lease.lease, { namespace, target });
  return verdict.allowed ? "allowed" : verdict.code;
}

/** The canonical form, seen through a lease that covers everything. */
const ALL = {
  path: ["/**"],
  name: ["**"],
  url: ["http", "https", "ws", "s3", "redis"].map((s) => `${s}://**/**`),
};

function canonical(kind: Case["kind"], target: string): string | undefined {
  const lease = compiled(kind, [
    ...ALL[kind],
    ...(kind === "url" ? ["redis://cache:6379/**", "http://**:443/**"] : []),
  ]);
  if (!lease.ok) throw new Error(lease.fault.message);
  const verdict = authorize(lease.lease, { namespace: `x-vendor.v.${kind}`, target });
  return verdict.allowed ? verdict.target : undefined;
}

/** The work of comparing a target with all patterns of a lease, none of which is left out. */
function steps(kind: Case["kind"], compiled: Compiled, target: string): number {
  const grammar = grammarOf(`x-vendor.v.${kind}`, kind);
  const canonical = grammar?.target(target);
  if (!compiled.ok || grammar === undefined || canonical?.ok !== true) {
    throw new Error("a lease or a target that cannot be read costs nothing");
  }
  const tally = { steps: 0 };
  const wanted = grammar.parts(canonical.text);
  for (const { patterns } of compiled.lease.grants) {
    for (const { matched } of patterns) {
      grammar.parts(matched).every((part, at) => matches(part, wanted[at]!, tally));
    }
  }
  return tally.steps;
}

const readers: Readonly<Record<string, (one: Case, file: Vectors) => void>> = {
  match: ({ kind, pattern, target, covered }) => {
    const answer = asked(compiled(kind, [joined(pattern)]), `x-vendor.v.${kind}`, joined(target));
    expect(answer).toBe(covered ? "allowed" : ErrorCode.PermissionDenied);
  },
  canonical: ({ kind, target, canonical: form }) => {
    expect(canonical(kind, joined(target))).toBe(form);
    if (form !== undefined) expect(canonical(kind, form)).toBe(form);
  },
  pattern: ({ kind, pattern, accepted }) => {
    expect(compiled(kind, [joined(pattern)]).ok).toBe(accepted);
  },
  cost: ({ kind, patterns, target, covered }, { max_steps_per_character: most }) => {
    const texts = listed(patterns);
    const text = joined(target);
    const lease = compiled(kind, texts);
    expect(asked(lease, `x-vendor.v.${kind}`, text)).toBe(
      covered ? "allowed" : "PERMISSION_DENIED",
    );
    expect(steps(kind, lease, text)).toBeLessThanOrEqual(most * text.length * texts.length);
  },
  attack: ({ lease, namespace, target, answer }) => {
    expect(asked(compileLease(leaseOf(lease), { served }), namespace, joined(target))).toBe(answer);
  },
  budget: ({ amounts, refused, costs, left, exhausted: over }) => {
    const lease = compileLease({ "cost.budget": amounts }, { served: ["cost.budget"] });
    expect(lease.ok).toBe(refused !== true);
    if (!lease.ok) return;
    let counters = countersOf(lease.lease)!;
    for (const { value, unit } of costs) {
      const counter = counterOf(counters, unit);
      const cost = Number(value);
      // What is no cost the context refuses to the agent, before anybody is charged.
      const good = Number.isFinite(cost) && cost >= 0;
      if (counter === undefined) continue;
      if (good) counters = charged(counters, counter, cost);
      else expect(() => charged(counters, counter, cost)).toThrow(RangeError);
    }
    expect(Object.fromEntries(counters.map((one) => [one.currency, one.left]))).toEqual(left);
    expect(exhausted(counters) !== undefined).toBe(over);
  },
  expiry: ({ expires_at, submitted_at, at, expired, refused }) => {
    const when = (text: string) => ({ monotonic: Date.parse(text), wall: Date.parse(text) });
    const expires = expiryOf(expires_at, when(submitted_at));
    expect(expires.ok).toBe(refused !== true);
    if (expires.ok) expect(hasExpired(expires.expiry, when(at))).toBe(expired);
  },
  // Those that are hard to prove are proven here.
  subset: ({ parent, child, subset }) => {
    expect(isSubset(leaseOf(child), leaseOf(parent)).ok).toBe(subset);
  },
};

it("has the vectors that are documented", () => {
  const readme = readFileSync(fileURLToPath(new URL("README.md", folder)), "utf8");
  expect(files.length).toBeGreaterThanOrEqual(10);
  for (const name of files) expect(readme).toContain(`[\`${name}\`](${name})`);
});

it("has each attack and its answer in docs/attacks.md", () => {
  const page = readFileSync(new URL("../../docs/attacks.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `([a-z0-9-]+)` .*\| `(\w+)` +\| +[\d.]+ +\|$/gm)];
  const attacks = load("attacks.json").cases;
  expect(told.map(([, id, answer]) => [id, answer])).toEqual(
    attacks.map(({ id, answer }) => [id, answer]),
  );
});

describe.each(files)("%s", (name) => {
  const file = load(name);

  it("is as its schema says, and names requirements that there are", () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(file) ? [] : validate.errors).toEqual([]);
    const known = new Set(Object.keys(requirements));
    expect(file.requirements.filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(file.cases.map((one) => JSON.stringify(one))).size).toBe(file.cases.length);
  });

  // Those are sent over a wire, by `npm run attacks`.
  if (file.format === "hostile") return;

  it.each(file.cases.map((one) => [JSON.stringify(one).slice(0, 160), one] as const))(
    "%s",
    (_, one) => {
      readers[file.format]!(one, file);
    },
  );
});
