import { positionIn } from "../build.js";
import type { ExampleText } from "../draft.js";
import { createChecker, type Failure } from "../validator.js";
import type { Report } from "../../parse/report.js";
import type { Rule } from "./rule.js";

/** At most so many failures are named in one message. */
const MAX_NAMED = 3;

/** Each message and kind has a valid and an invalid example. */
export const coverageRules: Rule = ({ facts, messages, kinds }, report) => {
  const examples = facts.fences.flatMap(({ role }) => (role.kind === "example" ? [role] : []));
  const declared = [
    ...messages.map(({ type, position }) => ({ name: type, position })),
    ...kinds.map(({ kind, position }) => ({ name: kind, position })),
  ];
  for (const { name, position } of declared) {
    const own = examples.filter(({ of }) => of === name);
    if (!own.some(({ invalid }) => invalid === undefined)) {
      const fix = `write a fence \`json example of=${name} id=…\``;
      report("message-without-valid-example", position, `${name} has no valid example`, fix);
    }
    if (!own.some(({ invalid }) => invalid !== undefined)) {
      const fix = `write a fence \`json example of=${name} id=… invalid="/pointer keyword"\``;
      report("message-without-invalid-example", position, `${name} has no invalid example`, fix);
    }
  }
};

/** Valid examples validate; invalid ones fail where and why they say, and for no other reason. */
export const exampleRules: Rule = (draft, report) => {
  const checker = createChecker(draft);
  for (const example of draft.examples) {
    const failures = checker.check(example.of, example.value);
    if (failures === undefined) continue;
    if (example.invalid !== undefined) checkInvalid(example, example.invalid, failures, report);
    else if (failures.length > 0) {
      const [first] = failures;
      const message = `the example ${example.id} does not fit ${example.of}: ${list(failures)}`;
      const fix = "mend the example or the schema";
      report("example-does-not-validate", positionIn(example, first?.pointer ?? ""), message, fix);
    }
  }
  for (const [of, { pointer, reason, fix }] of checker.refused) {
    const text = draft.schemas.get(of);
    if (text === undefined) continue;
    const message = `the schema of ${of} cannot be compiled: ${`${pointer} ${reason}`.trim()}`;
    report("malformed-schema", positionIn(text, pointer), message, fix);
  }
};

function checkInvalid(
  example: ExampleText,
  declared: { readonly pointer: string; readonly keyword: string },
  failures: readonly Failure[],
  report: Report,
): void {
  const { pointer, keyword } = declared;
  if (failures.length === 0) {
    const message = `the example ${example.id} is said to fail at ${name(declared)} and validates`;
    const fix = "break it there, or strike invalid=";
    report("invalid-example-validates", positionIn(example, pointer), message, fix);
    return;
  }
  const found = failures.some(
    (failure) => failure.pointer === pointer && failure.keyword === keyword,
  );
  const stray = failures.find((failure) => !related(failure.pointer, pointer));
  if (found && stray === undefined) return;
  const position = positionIn(example, (found ? stray : failures[0])?.pointer ?? "");
  const message = `the example ${example.id} is said to fail at ${name(declared)}, and fails at ${list(failures)}`;
  const fix = found ? "mend what else is wrong with it" : "mend the example, or what invalid= says";
  report("invalid-example-fails-elsewhere", position, message, fix);
}

/** A choice such as `anyOf` reports its branches too: below, or at, the place that fails. */
function related(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

function name({
  pointer,
  keyword,
}: {
  readonly pointer: string;
  readonly keyword: string;
}): string {
  return `"${pointer} ${keyword}"`.replace('" ', '"');
}

function list(failures: readonly Failure[]): string {
  const named = failures
    .slice(0, MAX_NAMED)
    .map((failure) => `${name(failure)} (${failure.message})`);
  const more = failures.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
