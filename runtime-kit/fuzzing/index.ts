/** `arcp/fuzzing`: messages, wrong ones, and sequences of them, made from a revision of the draft. Seeded; imports nothing. */
export { fuzzer } from "./fuzzer.js";
export type { Fuzzer, SequenceOptions, Uncovered } from "./fuzzer.js";
export type { FuzzMessage } from "./messages.js";
export type { Constraint, Expected, Json, JsonObject, Side, WrittenStep } from "./model.js";
export type { PlayOptions, Player, Turn } from "./play.js";
export type { Violation } from "./violate.js";
export type { Fault, Sequence, SequenceStep } from "./walks.js";
