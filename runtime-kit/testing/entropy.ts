import type { Entropy } from "../wire/time.js";

/** Bytes that are the same for the same seed, so that ids and delays are too. For tests alone: anyone can predict them. */
export function seededEntropy(seed = 1): Entropy {
  let state = seed >>> 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) {
      // Marsaglia's xorshift would stay at 0 for ever; a counter that is mixed does not.
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      bytes[at] = (mixed ^ (mixed >>> 15)) & 255;
    }
    return bytes;
  };
}
