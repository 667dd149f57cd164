// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

declare const brand: unique symbol;

/** A string that knows what it names: literals are assignable, another kind of name is not. */
type Id<Name extends string> = string & { readonly [brand]?: Name };

/**
 * Name of one message, a ULID or a UUIDv7, such as `01JABCDEFGHJKMNPQRSTVWXYZ0`.
 *
 * @see spec/draft-arcp-02.md#envelope §5.1
 */
export type MessageId = Id<"MessageId">;

/**
 * Name of a session, chosen by the runtime, such as `sess_01JABCDEFGHJKMNPQRSTVWXYZ0`.
 *
 * @see spec/draft-arcp-02.md#envelope §5.1
 */
export type SessionId = Id<"SessionId">;

/**
 * A trace identifier of W3C Trace Context: 16 bytes as 32 lowercase hexadecimal digits.
 *
 * @see spec/draft-arcp-02.md#envelope §5.1
 */
export type TraceId = Id<"TraceId">;

/**
 * Names a job.
 *
 * @see spec/draft-arcp-02.md#jobs §7
 */
export type JobId = Id<"JobId">;

/**
 * Ties a `tool_result` to its `tool_call`.
 *
 * @see spec/draft-arcp-02.md#kind-tool-call §8.2.3
 */
export type CallId = Id<"CallId">;

/**
 * Names one delegation.
 *
 * @see spec/draft-arcp-02.md#kind-delegate §8.2.8
 */
export type DelegateId = Id<"DelegateId">;
