const TRACE_ID = /^(?!0{32}$)[0-9a-f]{32}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/**
 * The trace id in an inbound `trace_id`: 32 lowercase hex digits, alone or as part of a full
 * `traceparent`. Anything else counts as absent. §11 (W-04)
 */
export function traceIdOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const id = TRACEPARENT.exec(value)?.[1] ?? value;
  return TRACE_ID.test(id) ? id : undefined;
}

/** A trace id of 16 random bytes. */
export function newTraceId(entropy: (length: number) => Uint8Array): string {
  return hex(entropy(16));
}

export function hex(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (const byte of bytes) codes.push(HEX[byte >> 4]!, HEX[byte & 15]!);
  return String.fromCharCode(...codes);
}

const HEX = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
