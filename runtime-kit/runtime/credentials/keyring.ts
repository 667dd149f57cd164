import { SHORTEST_VALUE } from "./answer.js";
import { redacted, spellings } from "./redact.js";

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
}

export function createKeyring(): Keyring {
  const inUse = new Set<string>();
  const rings = new Map<string, Ring>();

  return {
    add(principal, values) {
      const ring = rings.get(principal) ?? (new Map() as Ring);
      rings.set(principal, ring);
      for (const value of values) {
        inUse.add(value);
        for (const form of spellings(value)) {
          const tail = hashOf(form);
          const alike = ring.get(tail) ?? new Map<number, Set<string>>();
          ring.set(tail, alike);
          alike.set(form.length, (alike.get(form.length) ?? new Set()).add(form));
        }
      }
    },
    remove(principal, values) {
      const ring = rings.get(principal);
      for (const value of values) {
        inUse.delete(value);
        for (const form of spellings(value)) {
          const tail = hashOf(form);
          const alike = ring?.get(tail);
          const same = alike?.get(form.length);
          same?.delete(form);
          if (same?.size === 0) alike?.delete(form.length);
          if (alike?.size === 0) ring?.delete(tail);
        }
      }
      if (ring?.size === 0) rings.delete(principal);
    },
    has: (value) => inUse.has(value),
    memberWith(principal, said) {
      const ring = rings.get(principal);
      if (ring === undefined) return undefined;
      const holds = (value: unknown) =>
        value !== undefined && found(ring, JSON.stringify(value)).next().done === false;
      return Object.keys(said).find((name) => holds(said[name]));
    },
    redacted(principal, text) {
      const ring = rings.get(principal);
      return ring === undefined ? text : redacted(text, new Set(found(ring, text)));
    },
  };
}

/**
 * A principal's values by the hash of their last characters, since their first ones are often all the same, and by their
 * length: where the last ones are the same as well, whoever is meant is looked up and not looked for.
 */
type Ring = Map<number, Map<number, Set<string>>>;

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

/** The values in a text, in one pass over it: a principal may have thousands of them, and a text be a million characters. */
function* found(ring: Ring, text: string): Generator<string> {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    hash = moved(hash, text, at);
    for (const [length, values] of ring.get(hash) ?? []) {
      const value = text.slice(Math.max(at + 1 - length, 0), at + 1);
      if (values.has(value)) yield value;
    }
  }
}
