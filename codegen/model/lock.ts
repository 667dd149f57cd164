import { createHash } from "node:crypto";
import type { Requirement } from "./types.js";

/** Requirement id -> first 16 hexadecimal digits of the SHA-256 of its text. */
export type Lock = Readonly<Record<string, string>>;

/** The lock of a list of requirements, in its order. Of an id that stands twice the first counts. */
export function lockOf(requirements: readonly Pick<Requirement, "id" | "sentence">[]): Lock {
  const lock: Record<string, string> = {};
  for (const { id, sentence } of requirements) lock[id] ??= hashOf(sentence);
  return lock;
}

/** Fingerprint of a requirement's text: Markdown is gone already, white space does not count. */
export function hashOf(sentence: string): string {
  const normalised = sentence.normalize("NFC").replace(/\s+/g, " ").trim();
  return createHash("sha256").update(normalised).digest("hex").slice(0, 16);
}

/** The lock as a file: what `spec:lint --accept` writes. */
export function formatLock(requirements: readonly Pick<Requirement, "id" | "sentence">[]): string {
  return `${JSON.stringify(lockOf(requirements), null, 2)}\n`;
}

/** Reads a lock file. Blank text is an empty lock; anything that is no lock gives undefined. */
export function parseLock(text: string): Lock | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    const sound = entries.every(
      ([, hash]) => typeof hash === "string" && /^[0-9a-f]{16}$/.test(hash),
    );
    return sound ? (Object.fromEntries(entries) as Lock) : undefined;
  } catch {
    return undefined;
  }
}
