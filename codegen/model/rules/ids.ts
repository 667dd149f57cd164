/**
 * Every lint rule by its stable id, with what it stands for. An id is never renamed: editors,
 * annotations and people's memories hold on to it.
 */
export const ruleSummaries = {
  "broken-machine":
    "A state machine has no single beginning, an unreachable state, or other states than its type.",
  "broken-section-link": "A link or a § names a section that does not exist.",
  "changed-requirement": "A requirement has the id of one that an older draft has in other words.",
  "cyclic-reference": "A schema refers to itself, at once or by way of others.",
  "duplicate-anchor": "Two headings bear the same anchor.",
  "duplicate-key": "A JSON object says the same key twice.",
  "duplicate-name": "Two things of one sort share a name or an id.",
  "duplicate-requirement": "Two requirements share an id.",
  "duplicate-ruling": "Two rulings share an id.",
  "example-does-not-validate": "An example breaks its schema.",
  "feature-gates":
    "The Gates of a feature and the Feature columns disagree, or a gated field does not exist.",
  "fence-without-role": "A fence does not say what it is, or says it wrongly.",
  "grammar-pattern-mismatch":
    "A grammar rule and the pattern of the same name accept different strings.",
  "invalid-example-fails-elsewhere":
    "An invalid example fails for another reason than the one it declares.",
  "invalid-example-validates": "An example that is said to be invalid validates.",
  "invalid-json": "A schema or an example is not strict JSON.",
  "invalid-lock": "The requirement lock cannot be read.",
  "invisible-character": "The text has a character that nobody sees.",
  "limit-mismatch": "A schema has another bound than the limit that its description names.",
  "malformed-grammar": "A grammar is not ABNF (RFC 5234).",
  "malformed-heading": "A heading has no number, or one that is taken.",
  "malformed-schema": "A schema is outside the subset of JSON Schema that the generator reads.",
  "malformed-table":
    "A table that Markdown drops or truncates, a wrong header, or a cell that is no machine word.",
  "malformed-trace":
    "A trace line is not a message whose members can be read, a comment or an outside event.",
  "message-without-invalid-example": "A message or an event kind has no invalid example.",
  "message-without-schema": "A message or an event kind has no schema.",
  "message-without-valid-example": "A message or an event kind has no valid example.",
  "missing-envelope": "The spec has no schema of the envelope.",
  "missing-lock-entry": "A requirement is not in the lock yet.",
  "missing-revision": "The revision is neither in the file name nor in the title.",
  "missing-section-anchor": "A heading has no anchor to link to.",
  "must-outside-requirement": "A normative keyword stands outside a requirement.",
  "protocol-version":
    "The envelope, a requirement or an example has another version than the title.",
  "removed-requirement": "The lock knows a requirement that the spec no longer has.",
  "requirement-malformed": "A requirement has no known side, or not exactly one normative keyword.",
  "reserved-name":
    "A schema says a word that the text of validators uses for itself, or that every object has.",
  "reworded-requirement": "The text of a requirement differs from the lock.",
  "schema-without-description": "A property has no description.",
  "schema-without-message": "A schema describes a message or an event kind that no table declares.",
  "stale-field-table": "A table of fields differs from its schema.",
  "trace-direction": "A trace sends a message in a direction that its table does not allow.",
  "undeclared-error-code": "An error code is used and not declared.",
  "undeclared-feature": "A feature is used and not declared.",
  "undeclared-kind": "An event kind is used and not declared.",
  "undeclared-message": "A message type is used and not declared.",
  "undefined-grammar-rule": "A grammar rule is used or announced and not defined.",
  "unknown-directive": "An arcp comment that means nothing, or stands where it has no effect.",
  "unknown-member": "An example or a trace has a member that its schema does not know.",
  "unknown-requirement": "A requirement id is cited and does not exist.",
  "unknown-ruling": "A ruling is cited and does not exist.",
  "unknown-trace-type": "A trace sends a message type that no table declares.",
  "unplaced-schema":
    "A schema stands before the first section, so that nothing generated can link to it.",
  "unreadable-spec": "The text is not Markdown that can be read.",
  "unresolved-reference": "A $ref, an example or a field table names a schema that does not exist.",
  "unused-error-code": "An error code is declared and used nowhere else.",
  "unused-feature": "A feature is declared, gates nothing and is used nowhere else.",
  "unused-kind": "An event kind is declared and mentioned nowhere else.",
} as const;

/** What is wrong with the drafts together, whichever is read. */
export const orderSummaries = {
  "broken-succession": "The drafts are no chain in which each replaces the one before it.",
} as const;

/** What `generate` says of what is written by hand beside the drafts, and lint does not. */
export const textSummaries = {
  "stale-fuzz-text": "A misstep or a move of the fuzz model says what the draft does not have.",
} as const;

/** The id of a lint rule. */
export type RuleId =
  keyof typeof ruleSummaries | keyof typeof orderSummaries | keyof typeof textSummaries;
