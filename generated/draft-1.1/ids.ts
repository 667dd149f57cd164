// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

declare const brand: unique symbol;

/** A string that knows what it names: literals are assignable, another kind of name is not. */
type Id<Name extends string> = string & { readonly [brand]?: Name };

/**
 * Name of one message, unique in its connection and direction, such as
 * `msg_01JABCDEFGHJKMNPQRSTVWXYZ0`. At most `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#envelope §5.1
 */
export type MessageId = Id<"MessageId">;

/**
 * Name of a session, chosen by the runtime, such as `sess_01JABCDEFGHJKMNPQRSTVWXYZ0`. Not a
 * credential. At most `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#envelope §5.1
 */
export type SessionId = Id<"SessionId">;

/**
 * A trace identifier of W3C Trace Context: 16 bytes as 32 lowercase hexadecimal digits.
 *
 * @see spec/draft-arcp-1.1.md#envelope §5.1
 */
export type TraceId = Id<"TraceId">;

/**
 * Names a job for as long as the runtime retains it; `job_` and a ULID when we choose it. At
 * most `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#jobs §7
 */
export type JobId = Id<"JobId">;

/**
 * Ties a `tool_result` to its `tool_call`, unique within the job. At most `max_id_length`
 * characters.
 *
 * @see spec/draft-arcp-1.1.md#kind-tool-call §8.2.3
 */
export type CallId = Id<"CallId">;

/**
 * Names one delegation, unique within the parent. At most `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#kind-delegate §8.2.8
 */
export type DelegateId = Id<"DelegateId">;

/**
 * Names one streamed result; the runtime chooses it when the first chunk is made. At most
 * `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#result-chunk §8.4
 */
export type ResultId = Id<"ResultId">;

/**
 * Names a credential within its job, for audit, rotation and revocation. At most
 * `max_id_length` characters.
 *
 * @see spec/draft-arcp-1.1.md#credential §9.8.1
 */
export type CredentialId = Id<"CredentialId">;
