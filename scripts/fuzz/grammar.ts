/** What reads texts of a grammar, against the automaton of its rule. */
import { decode } from "../../runtime-kit/wire/decode.js";
import { traceIdOf } from "../../runtime-kit/wire/trace.js";
import { defineAgent } from "../../runtime-kit/runtime/define.js";
import { parseAmount } from "../../runtime-kit/leases/amounts.js";
import type { Parsed } from "../../runtime-kit/leases/glob.js";
import { vendorProblem } from "../../runtime-kit/leases/grammars.js";
import { parseNamePattern } from "../../runtime-kit/leases/names.js";
import { parsePathPattern } from "../../runtime-kit/leases/paths.js";
import { parseUrlPattern } from "../../runtime-kit/leases/urls.js";
import { CURRENT } from "./models.js";
import { target } from "./target.js";
import type { Target } from "./target.js";

/** What a reader makes of a text. `text`: the form in which the rule has to have it, if not as it is. */
type Reading =
  { readonly ok: true; readonly text?: string } | { readonly ok: false; readonly reason: string };

/** Readers of ours, by the rule or the pattern that they read. */
type Readers = Readonly<Record<string, (text: string) => Reading>>;

const TRACE_ID = "^[0-9a-f]{32}$";
const ENVELOPE = { arcp: "1.1", id: "m", type: "job.submit" };

const refused = (ok: boolean, reason: string): Reading => (ok ? { ok } : { ok, reason });
const submitted = (payload: object): Reading => {
  const said = decode(JSON.stringify({ ...ENVELOPE, payload }));
  return said.ok ? said : { ok: false, reason: said.fault.message };
};
const parsed = (said: Parsed): Reading => said;
const canonical = (said: Parsed): Reading => (said.ok ? { ok: true, text: said.pattern } : said);

function defined(definition: { readonly name: string; readonly version?: string }): Reading {
  try {
    defineAgent({ ...definition, run: () => 1 });
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: String(error) };
  }
}

const readers: Readers = {
  AgentRef: (text) => submitted({ agent: text }),
  AgentName: (text) => defined({ name: text }),
  AgentVersion: (text) => defined({ name: "a", version: text }),
  Amount: (text) => parsed(parseAmount(text)),
  PathPattern: (text) => canonical(parsePathPattern(text)),
  NamePattern: (text) => canonical(parseNamePattern(text)),
  UrlPattern: (text) => canonical(parseUrlPattern(text)),
  Namespace: (text) =>
    refused(vendorProblem({ [`x-vendor.${text}`]: "name" }) === undefined, "no namespace"),
  [TRACE_ID]: (text) => refused(traceIdOf(text) === text, "no trace id"),
};

/** Rules that say more than their grammar, and in what words they refuse what that has: GLOB-11, SEC-08, SEC-10, W-04. */
const STRICTER: Readonly<Record<string, RegExp>> = {
  Amount: /at most/,
  PathPattern: /encoded|`\.\.`|at most/,
  NamePattern: /encoded|`\.` or `\.\.`|at most|not empty/,
  UrlPattern: /encod|`\.\.`|at most|no URL|space at an end|a host is made of|a URL begins with/,
  [TRACE_ID]: /no trace id/,
};

const grammar = target<Readers>({
  name: "grammar",
  make(random) {
    const rule = random.pick(Object.keys(readers));
    const seed = random.between(0, 2 ** 30);
    const { fuzz } = CURRENT;
    const made = random.chance(50) ? fuzz.strings(rule, seed) : fuzz.nearMisses(rule, seed);
    return [rule, made.next().value ?? ""];
  },
  subject: readers,
  check(subject, [rule = "", text = ""]) {
    const read = subject[rule];
    if (read === undefined) return undefined;
    const { fuzz } = CURRENT;
    const is = fuzz.matches(rule, text);
    const said = read(text);
    if (said.ok) {
      const form = said.text ?? text;
      return fuzz.matches(rule, form) ? undefined : `${JSON.stringify(form)} is taken for ${rule}`;
    }
    const allowed = STRICTER[rule]?.test(said.reason) === true;
    if (!is || allowed) return undefined;
    return `${JSON.stringify(text)} is a ${rule}, and refused: ${said.reason}`;
  },
  bugs: {
    "an expression that is not anchored": {
      ...readers,
      AgentRef: (text) => submitted({ agent: text.trim() }),
    },
    "a version that may have anything in it": {
      ...readers,
      AgentVersion: (text) => refused(text !== "", "empty"),
    },
    "stars beside letters that are two": {
      ...readers,
      PathPattern: (text) =>
        text.startsWith("/") ? { ok: true, text } : { ok: false, reason: "no path" },
    },
    "amounts with a point and nothing behind it": {
      ...readers,
      Amount: (text) => refused(/^[A-Za-z][\w.-]*:\d+\.?\d*$/.test(text), "no amount"),
    },
    "digits that are capitals": {
      ...readers,
      [TRACE_ID]: (text) => refused(/^[0-9a-f]{32}$/i.test(text), "no trace id"),
    },
    "hosts without letters": {
      ...readers,
      UrlPattern: (text) => {
        const said = canonical(parseUrlPattern(text));
        return said.ok && /^[a-z]+:\/\/\d/.test(text) ? { ok: false, reason: "no" } : said;
      },
    },
  },
});

export const GRAMMAR: readonly Target[] = [grammar];
