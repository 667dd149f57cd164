// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { Feature, Namespace } from "./constants.js";

/** What each namespace holds: its kind of pattern, and the flag that it needs. */
export const namespaces: Readonly<
  Record<
    Namespace,
    {
      readonly feature?: Feature;
      readonly pattern: "path" | "url" | "name" | "amount";
      readonly section: string;
    }
  >
> = {
  /**
   * Reading files.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  "fs.read": {
    pattern: "path",
    section: "9.2",
  },
  /**
   * Writing files.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  "fs.write": {
    pattern: "path",
    section: "9.2",
  },
  /**
   * Requests over HTTP and HTTPS.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  "net.fetch": {
    pattern: "url",
    section: "9.2",
  },
  /**
   * Calling registered tools.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  "tool.call": {
    pattern: "name",
    section: "9.2",
  },
  /**
   * Delegating to other agents.
   *
   * @see spec/draft-arcp-02.md#lease-grammar §9.2
   */
  "agent.delegate": {
    pattern: "name",
    section: "9.2",
  },
};
