/**
 * Names (of tools, agents and models) as leases see them. §9.2
 *
 * A name may have segments (`mcp:github/create_issue`); dots and colons are ordinary characters.
 */
import { parsePattern, type Parsed } from "./glob.js";
import { canonicalText, MAX_TARGET_LENGTH, type Canonical } from "./text.js";

/** The name in NFC. `.` and `..` segments are refused, lest a tool take its name for a path. */
export function canonicalName(text: string): Canonical {
  if (text === "") return { ok: false, reason: "a name is not empty" };
  if (text.length > MAX_TARGET_LENGTH) {
    return { ok: false, reason: `a name has at most ${MAX_TARGET_LENGTH} characters` };
  }
  const checked = canonicalText(text);
  if (checked.ok && checked.text.split("/").some((part) => part === "." || part === "..")) {
    return { ok: false, reason: "a name has no `.` or `..` segment" };
  }
  return checked;
}

/** The same for a pattern of names. */
export function parseNamePattern(text: string): Parsed {
  const checked = canonicalName(text);
  return checked.ok ? parsePattern(checked.text) : checked;
}
