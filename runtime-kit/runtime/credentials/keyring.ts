import { SHORTEST_VALUE } from "./answer.js";
import { inJson, redacted, spellings, withoutBeginnings } from "./redact.js";

/**
 * The values that are not known to be revoked, and whose they are: none is issued twice (CRED-07), and what a principal
 * says holds none of its own, since it is stored (CRED-25).
 */
export interface Keyring {
  add(principal: string, values: readonly string[]): void;
  remove(principal: string, values: readonly string[]): void;
  /** Whether a value is somebody's. */
  has(value: string): boolean;
  /** The first member of these that holds a value of the principal's, in whatever depth; `undefined` if none does. */
  memberWith(principal: string, said: Readonly<Record<string, unknown>>): string | undefined;
  /** A text without the principal's values. */
  redacted(principal: string, text: string): string;
  /** A text without anybody's values: for those who are told of everybody, as the log is. */
  redactedOfAll(text: string): string;
}

export function createKeyring(): Keyring {
  const owners = new Map<string, string>();
  const ring: Ring = new Map();
  /** How many each has: most who ask have none, and what they say is not looked at. */
  const counts = new Map<string, number>();

  function count(principal: string, more: number): void {
    const now = (counts.get(principal) ?? 0) + more;
    if (now === 0) counts.delete(principal);
    else counts.set(principal, now);
  }

  /** Those of one principal's, or of all. */
  function* found(text: string, principal?: string): Generator<string> {
    if (principal === undefined ? owners.size === 0 : !counts.has(principal)) return;
    for (const [form, owner] of inText(ring, text)) {
      if (principal === undefined || owner === principal) yield form;
    }
  }

  /** What may be cut off in what is repeated: a text, or one that was put in quotes. */
  function* plain(principal?: string): Generator<string> {
    for (const [value, owner] of owners) {
      if (principal !== undefined && owner !== principal) continue;
      yield value;
      yield inJson(value);
    }
  }

  function without(text: string, principal?: string): string {
    const left = redacted(text, new Set(found(text, principal)));
    return withoutBeginnings(left, plain(principal));
  }

  return {
    add(principal, values) {
      for (const value of values) {
        if (owners.has(value)) continue;
        owners.set(value, principal);
        count(principal, 1);
        for (const form of spellings(value)) {
          const tail = hashOf(form);
          const alike = ring.get(tail) ?? new Map<number, Map<string, string>>();
          ring.set(tail, alike);
          alike.set(form.length, (alike.get(form.length) ?? new Map()).set(form, principal));
        }
      }
    },
    remove(principal, values) {
      for (const value of values) {
        if (owners.get(value) !== principal) continue;
        owners.delete(value);
        count(principal, -1);
        for (const form of spellings(value)) {
          const tail = hashOf(form);
          const alike = ring.get(tail);
          const same = alike?.get(form.length);
          if (same?.get(form) === principal) same.delete(form);
          if (same?.size === 0) alike?.delete(form.length);
          if (alike?.size === 0) ring.delete(tail);
        }
      }
    },
    has: (value) => owners.has(value),
    memberWith(principal, said) {
      const holds = (value: unknown) =>
        value !== undefined && found(JSON.stringify(value), principal).next().done === false;
      return counts.has(principal)
        ? Object.keys(said).find((name) => holds(said[name]))
        : undefined;
    },
    redacted: (principal, text) => without(text, principal),
    redactedOfAll: (text) => without(text),
  };
}

/**
 * Values, and whose they are, by the hash of their last characters, since their first ones are often all the same, and by their
 * length: where the last ones are the same as well, whoever is meant is looked up and not looked for.
 */
type Ring = Map<number, Map<number, Map<string, string>>>;

const BASE = 0x01000193;

/** What a character that leaves the window still weighs in its hash. */
const LEAVING = Array.from({ length: SHORTEST_VALUE }).reduce<number>(
  (power) => Math.imul(power, BASE),
  1,
);

/** The hash of a window of `SHORTEST_VALUE` characters that moves on by one. */
function moved(hash: number, text: string, at: number): number {
  // Before the text there is nothing, which `imul` takes for 0.
  const left = Math.imul(LEAVING, text.charCodeAt(at - SHORTEST_VALUE));
  return (Math.imul(hash, BASE) + text.charCodeAt(at) - left) | 0;
}

function hashOf(value: string): number {
  let hash = 0;
  for (let at = value.length - SHORTEST_VALUE; at < value.length; at++) {
    hash = (Math.imul(hash, BASE) + value.charCodeAt(at)) | 0;
  }
  return hash;
}

/** The values in a text and their owners, in one pass over it: there may be thousands of them, and a text be a million characters. */
function* inText(ring: Ring, text: string): Generator<readonly [value: string, owner: string]> {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    hash = moved(hash, text, at);
    const alike = ring.get(hash);
    if (alike === undefined) continue;
    for (const [length, values] of alike) {
      const value = text.slice(Math.max(at + 1 - length, 0), at + 1);
      const owner = values.get(value);
      if (owner !== undefined) yield [value, owner];
    }
  }
}
