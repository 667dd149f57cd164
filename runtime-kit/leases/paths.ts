/**
 * Paths of files as leases see them: absolute, separated by `/`, without dots and links. §9.2, §14,
 * GLOB-09
 *
 * Everything here is lexical. Symbolic links are resolved by whoever may touch the disc, who hands the
 * real path in: as the target of an operation, and as the real prefix of a pattern (`withPrefix`).
 */
import { parsePattern, type Parsed, type Pattern } from "./glob.js";
import { canonicalText, MAX_TARGET_LENGTH, type Canonical } from "./text.js";

/**
 * The path with `.`, `..` and repeated slashes resolved, never above the root, characters as given:
 * a file system may tell two spellings of one letter apart.
 */
export function lexicalPath(text: string): Canonical {
  const checked = checkedPath(text);
  return checked.ok ? { ok: true, text: resolved(text) } : checked;
}

/** The one spelling of a path that patterns are matched against: `lexicalPath` in NFC. */
export function canonicalPath(text: string): Canonical {
  const checked = checkedPath(text);
  return checked.ok ? { ok: true, text: resolved(checked.text) } : checked;
}

/** The same for a pattern, in which `..` is refused: what it would leave depends on what a `*` matched. */
export function parsePathPattern(text: string): Parsed {
  const checked = checkedPath(text);
  if (!checked.ok) return checked;
  if (checked.text.split("/").includes("..")) {
    return { ok: false, reason: "a pattern has no `..` segment" };
  }
  return parsePattern(resolved(checked.text));
}

/**
 * The path in front of a path pattern's first wildcard segment: what has to be resolved on the disc
 * when a lease is accepted. `/tmp/w*k/**` gives `/tmp`; a pattern without wildcards is its own prefix.
 */
export function literalPrefix(pattern: Pattern): string {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern;
  return pattern.slice(0, Math.max(1, pattern.lastIndexOf("/", star)));
}

/**
 * The pattern with its literal prefix replaced by the real path that the prefix leads to. Refused if
 * that path cannot be written in the pattern language (a directory whose name has a `*`).
 */
export function withPrefix(pattern: Pattern, realPrefix: string): Parsed {
  if (realPrefix.includes("*")) {
    return { ok: false, reason: "its real path has a `*`, which a pattern cannot quote" };
  }
  const prefix = canonicalPath(realPrefix);
  if (!prefix.ok) return { ok: false, reason: `in its real path ${prefix.reason}` };
  const rest = pattern.slice(literalPrefix(pattern).length);
  const base = prefix.text === "/" && rest !== "" ? "" : prefix.text;
  const separator = rest === "" || rest.startsWith("/") ? "" : "/";
  // Structure and length were judged when the client's text was parsed.
  return { ok: true, pattern: `${base}${separator}${rest}` as Pattern };
}

function checkedPath(text: string): Canonical {
  if (!text.startsWith("/")) return { ok: false, reason: "a path is absolute: it begins with `/`" };
  if (text.length > MAX_TARGET_LENGTH) {
    return { ok: false, reason: `a path has at most ${MAX_TARGET_LENGTH} characters` };
  }
  return canonicalText(text);
}

function resolved(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}
