/** Gates between jobs of this process: who waits goes on when anybody has opened them. */
import { deferred } from "../deferred.js";
import type { Deferred } from "../deferred.js";

interface Gate extends Deferred<void> {
  openedAt?: number;
}

/** Opened gates may be forgotten after so long. */
const KEPT_MS = 600_000;

const gates = new Map<string, Gate>();

/** Resolves when the gate is open. */
export function gateNamed(name: string): Promise<void> {
  return find(name).promise;
}

/** Opens the gate for good. */
export function openGate(name: string): void {
  const now = Date.now();
  for (const [key, { openedAt }] of gates) {
    if (openedAt !== undefined && now - openedAt > KEPT_MS) gates.delete(key);
  }
  const gate = find(name);
  gate.openedAt ??= now;
  gate.resolve();
}

function find(name: string): Gate {
  const gate = gates.get(name) ?? deferred<void>();
  gates.set(name, gate);
  return gate;
}
