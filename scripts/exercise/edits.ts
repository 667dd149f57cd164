/** A revision 1.2 that nobody has asked for: one change of each sort that a new draft brings. */

/** The section of a new pair of messages, behind a new flag, which may be refused with a new code. */
const SECTION = `### 7.8. Description <a id="job-describe"></a>

<!-- arcp:messages -->

| Type | Direction | Since | Feature | Job | Seq | Reply | Meaning |
| --- | --- | --- | --- | --- | --- | --- | --- |
| \`job.describe\` | C → R | 1.2 | \`describe\` | yes | no | \`job.description\` | Asks what a job does. |
| \`job.description\` | R → C | 1.2 | \`describe\` | yes | no | | Says it. |

\`\`\`json schema of=job.describe
{
  "type": "object",
  "properties": { "job_id": { "$ref": "#/$defs/JobId", "description": "The job, where the envelope does not name it." } }
}
\`\`\`

<!-- arcp:fields job.describe -->

\`\`\`json schema of=job.description
{
  "type": "object",
  "required": ["text"],
  "properties": {
    "job_id": { "$ref": "#/$defs/JobId", "description": "The job, where the envelope does not name it." },
    "text": { "type": "string", "description": "What it does, for people." }
  }
}
\`\`\`

<!-- arcp:fields job.description -->

\`\`\`json example of=job.describe id=describe
{ "arcp": "1.2", "id": "m1", "type": "job.describe", "session_id": "s1", "job_id": "j1", "payload": {} }
\`\`\`

\`\`\`json example of=job.describe id=describe-number invalid="/payload/job_id type"
{ "arcp": "1.2", "id": "m1", "type": "job.describe", "session_id": "s1", "payload": { "job_id": 7 } }
\`\`\`

\`\`\`json example of=job.description id=description
{ "arcp": "1.2", "id": "m2", "type": "job.description", "session_id": "s1", "job_id": "j1", "payload": { "text": "Sums it up." } }
\`\`\`

\`\`\`json example of=job.description id=description-empty invalid="/payload/text required"
{ "arcp": "1.2", "id": "m2", "type": "job.description", "session_id": "s1", "job_id": "j1", "payload": {} }
\`\`\`

- **DESC-01** The runtime MUST answer \`job.describe\` with \`job.description\`.
- **DESC-02** The runtime MUST refuse \`job.describe\` with \`DESCRIPTION_WITHHELD\` where its policy hides what a job does.

`;

const FEATURE =
  "| `describe` | 1.2 | `job.describe`, `job.description` | A client can ask what a job does. |\n";
const CODE =
  "| `DESCRIPTION_WITHHELD` | no | 1.2 | Ask who runs the runtime. | What the job does is hidden. |\n";

/** What an editor does to the text of the new draft. Everything else is left to what the tools say. */
export function invent(text: string): string {
  const steps: readonly (readonly [string, (before: string) => string])[] = [
    ["a new message", (it) => it.replace(/^## 8\. /m, `${SECTION}$&`)],
    ["a new flag", (it) => it.replace(/^(<!-- arcp:features -->\n\n(?:\|.*\n)+)/m, `$1${FEATURE}`)],
    ["a new code", (it) => it.replace(/^(<!-- arcp:errors -->\n\n(?:\|.*\n)+)/m, `$1${CODE}`)],
    ["a renamed field", (it) => it.replaceAll(OLD_FIELD, NEW_FIELD)],
    ["a field of job.cancel", (it) => it.replace(CANCEL, (block) => block.replace(...CAUSE))],
    [
      "what is to be wrong with it",
      (it) => it.replace(NO_TEXT, (block) => block.replaceAll(...CAUSE)),
    ],
    ["a renamed message", (it) => it.replaceAll(OLD_MESSAGE, NEW_MESSAGE)],
    ["a renamed trigger", (it) => it.replace(DROP, (row) => row.replace("`drop`", "`lose`"))],
    [
      "a reworded MUST",
      (it) =>
        it.replace("MUST answer a `job.submit` with", "MUST at once answer a `job.submit` with"),
    ],
    [
      "another version",
      (it) => it.replace('MUST send `"1.1"` as `arcp`', 'MUST send `"1.2"` as `arcp`'),
    ],
  ];
  return steps.reduce((before, [what, change]) => {
    const after = change(before);
    if (after === before) throw new Error(`the draft has no place for ${what}`);
    return after;
  }, text);
}

export const OLD_FIELD = "max_runtime_sec";
export const NEW_FIELD = "max_run_sec";

/** The answer to a close, and the trigger of a session that lost its transport. */
export const OLD_MESSAGE = "session.closed";
export const NEW_MESSAGE = "session.ended";
const DROP = /^\| `attached`\s*\| `detached`\s*\| `drop`\s*\|/m;

/** The schema of a message that has a field in common with others, and the example in which that field is at fault. */
const CANCEL = /```json schema of=job\.cancel\n[^`]*```/;
const NO_TEXT = /```json example of=job\.cancel id=\S+ invalid="\/payload\/reason [^`]*```/;
const CAUSE = [/\breason\b(?="|\s)/g, "cause"] as const;

/** Gives each member that its schema does not know the name that the lint proposes first, where it says that it stands. */
export function rename(text: string, findings: readonly string[]): string {
  const lines = text.split("\n");
  for (const finding of findings) {
    const [, line, old, name] =
      /^unknown-member .*?:(\d+):\d+ .* has \S*\/(\w+), which .*\(nearest there: (\w+)/.exec(
        finding,
      ) ?? [];
    if (old === undefined || name === undefined) continue;
    const at = Number(line) - 1;
    lines[at] = (lines[at] ?? "").replace(new RegExp(`\\b${old}\\b(?="?:)`), name);
  }
  return lines.join("\n");
}

/** Gives each requirement that has other words than before the id that the lint proposes. */
export function renumber(text: string, findings: readonly string[]): string {
  return findings.reduce((before, finding) => {
    const [, old, id] =
      /^changed-requirement .*?:\d+:\d+ (\S+) has other words.*call it (\S+),/.exec(finding) ?? [];
    return old === undefined
      ? before
      : before.replaceAll(new RegExp(`\\b${old}\\b`, "g"), id ?? "");
  }, text);
}

/** A move of the session that waits for the answer to a close, and the one for a drop. */
const CLOSED = /^( *)(`[^`]*session\.closed[^`]*`),\n/m;
const DROPPED = /^( *)\{ on: "drop", (.*)$/m;

/** Says the moves of the fuzzers in the words of the new draft as well, as `generate` asks for. */
export function sayMoves(text: string): string {
  return text
    .replace(CLOSED, (_, indent: string, old: string) => {
      const now = old.replaceAll(OLD_MESSAGE, NEW_MESSAGE);
      return `${indent}${now},\n${indent}{ of: ["1.1"], text: ${old} },\n`;
    })
    .replace(DROPPED, '$1{ on: "lose", $2\n$&');
}
