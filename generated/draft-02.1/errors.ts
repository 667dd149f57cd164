// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { ErrorCode } from "./constants.js";

/** What a code tells: whether trying again can help, what to do, and where the spec defines it. */
export const errors: Readonly<
  Record<
    ErrorCode,
    { readonly retryable: boolean; readonly hint: string; readonly section: string }
  >
> = {
  /**
   * The lease or the policy does not allow the operation.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  PERMISSION_DENIED: {
    retryable: false,
    hint: "Ask for the capability in lease_request, or for the right by policy.",
    section: "12",
  },
  /**
   * A delegation asked for more than its parent may do.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  LEASE_SUBSET_VIOLATION: {
    retryable: false,
    hint: "Ask for no more than the parent's lease covers.",
    section: "12",
  },
  /**
   * No such job, or none that is visible.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  JOB_NOT_FOUND: {
    retryable: false,
    hint: "Check the job_id and the principal that asks.",
    section: "12",
  },
  /**
   * The idempotency key was used with other parameters.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  DUPLICATE_KEY: {
    retryable: false,
    hint: "Use a new idempotency_key, or the parameters of the first submission.",
    section: "12",
  },
  /**
   * No agent of that name is registered.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  AGENT_NOT_AVAILABLE: {
    retryable: false,
    hint: "Choose an agent of the inventory in session.welcome.",
    section: "12",
  },
  /**
   * The agent is registered, that version of it is not.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  AGENT_VERSION_NOT_AVAILABLE: {
    retryable: false,
    hint: "Choose a version of the inventory in session.welcome.",
    section: "12",
  },
  /**
   * The job was cancelled.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  CANCELLED: {
    retryable: false,
    hint: "Submit again if the work is still wanted.",
    section: "12",
  },
  /**
   * The job ran longer than `max_runtime_sec`.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  TIMEOUT: {
    retryable: true,
    hint: "Submit again under a new key, with a larger max_runtime_sec perhaps.",
    section: "12",
  },
  /**
   * The buffer no longer covers what was asked for.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  RESUME_WINDOW_EXPIRED: {
    retryable: false,
    hint: "Open a new session and repeat the idempotency keys, or subscribe to the jobs.",
    section: "12",
  },
  /**
   * Nothing was heard from the other side for too long.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  HEARTBEAT_LOST: {
    retryable: false,
    hint: "Reconnect and resume.",
    section: "12",
  },
  /**
   * The lease reached its `expires_at`.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  LEASE_EXPIRED: {
    retryable: false,
    hint: "Submit again with a later expires_at.",
    section: "12",
  },
  /**
   * A budget counter is at zero or below.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  BUDGET_EXHAUSTED: {
    retryable: false,
    hint: "Submit again with a larger cost.budget.",
    section: "12",
  },
  /**
   * The message is malformed or breaks a schema.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  INVALID_REQUEST: {
    retryable: false,
    hint: "Mend the message.",
    section: "12",
  },
  /**
   * The token is missing or invalid.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  UNAUTHENTICATED: {
    retryable: false,
    hint: "Present a valid token.",
    section: "12",
  },
  /**
   * The runtime failed.
   *
   * @see spec/draft-arcp-02.1.md#errors §12
   */
  INTERNAL_ERROR: {
    retryable: true,
    hint: "Try again later; tell the operator if it persists.",
    section: "12",
  },
};
