/** Mutants of tables that nothing here can notice, with the reason. They count as survivors all the same. */
export const unnoticeable: ReadonlyMap<string, string> = new Map([
  [
    "errors HEARTBEAT_LOST retryable",
    "nothing of ours sends it as an error: a runtime that hears nothing closes the connection with that reason",
  ],
  [
    "limits chunk_bytes value",
    "our runtime sends pieces of 64 KiB at most, whatever more it may, and a reader takes what fits into a message",
  ],
]);
