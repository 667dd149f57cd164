import { isPlain } from "../../wire/options.js";

/** A text as it stands in JSON, without the quotes. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

type Writer = (text: string) => string;

const escaped: Writer = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const inAscii: Writer = (text) => inJson(text).replace(/[^ -~]/g, escaped);

/** JSON as it is written here, and as Python, PHP and Go write it unless told otherwise: they escape more than they must. */
const WRITERS: readonly Writer[] = [
  inJson,
  inAscii,
  (text) => inAscii(text).replaceAll("/", "\\/"),
  (text) => inJson(text).replace(/[<>&\u2028\u2029]/g, escaped),
];

/** How deep JSON is looked into that stands as a text in JSON. Each level doubles the marks of escape before a quote. */
const NESTED = 4;

/** What every writer leaves as it is. */
const PLAIN = /^[\w.-]*$/;

/**
 * A secret in the spellings that come about by themselves: as it is, in JSON, in a text of JSON that stands in JSON, and so on,
 * in a URL or a form, also as a part of JSON there. Those that an agent makes (digits, base64 of its own, backwards) are
 * without number, and are not looked for.
 */
export function spellings(secret: string): ReadonlySet<string> {
  const forms = new Set([secret]);
  if (PLAIN.test(secret)) return forms;
  for (const write of WRITERS) {
    // What another wrote, some levels deep, stands in JSON of ours.
    for (let text = secret, depth = 0; depth <= NESTED; depth++, text = write(text)) {
      for (let form = text, level = depth; level <= NESTED; level++, form = inJson(form)) {
        forms.add(form);
      }
    }
  }
  for (const text of [secret, inJson(secret)]) {
    if (LONE_SURROGATE.test(text)) continue;
    for (const form of [encodeURIComponent(text), inForm(text)]) {
      forms.add(form).add(form.replace(/%../g, (code) => code.toLowerCase()));
    }
  }
  return forms;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** A text as the value of a field of a form, or of a query that `URLSearchParams` wrote. */
function inForm(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** A text without any of the secrets. */
export function redacted(text: string, secrets: Iterable<string>): string {
  // The longest first: one may begin with another, and its rest would stay.
  const longest = [...secrets].sort((one, other) => other.length - one.length);
  return longest.reduce((left, secret) => left.replaceAll(secret, "(redacted)"), text);
}

/** What is taken for the beginning of a secret, in characters. */
const BEGINNING = 8;

/**
 * A text without what is left of secrets that somebody cut off to keep it short: of a long one that is most of it, and it is not
 * found as a whole.
 */
export function withoutBeginnings(text: string, secrets: Iterable<string>): string {
  if (!text.includes("…")) return text;
  let left = text;
  for (const secret of secrets) {
    const first = secret.slice(0, BEGINNING);
    for (let at = left.indexOf(first); at !== -1; at = left.indexOf(first, at + 1)) {
      const end = left.indexOf("…", at);
      if (end !== -1 && secret.startsWith(left.slice(at, end))) {
        left = `${left.slice(0, at)}(redacted)${left.slice(end)}`;
      }
    }
  }
  return left;
}

/**
 * The same for all texts in a value of JSON, one by one: in the JSON of the whole a secret may seem to stand where there is
 * another text, escaped.
 */
export function redactedIn(redact: (text: string) => string, value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((one) => redactedIn(redact, one));
  if (!isPlain(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([name, one]) => [redact(name), redactedIn(redact, one)]));
}
