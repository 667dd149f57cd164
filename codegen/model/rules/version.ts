import { positionIn } from "../build.js";
import { isObject } from "../subset.js";
import type { Rule } from "./rule.js";

const MEMBER = "arcp";

/** What a requirement tells peers to send: ENV-02 does, for one. */
const SENT = new RegExp(`\\bsend "([^"]*)" as ${MEMBER}\\b`);

/** A draft is of one version: that of its title is what its envelope takes, its peers send and its examples say. */
export const versionRules: Rule = (draft, report) => {
  const { version, schemas, messages, requirements, examples } = draft;
  const envelope = schemas.get("Envelope");
  const form = envelope?.schema.properties?.[MEMBER];
  if (version === "" || envelope === undefined || !isObject(form)) return;
  const takes = takerOf(form);
  if (takes === undefined) return;
  const [major = ""] = version.split(".");
  // Peers of 1.0 say `1` alone, and those of a first draft of 1.1 as well.
  const written = [version, major].find(takes);
  if (written === undefined) {
    const message = `the draft is of version ${version}, and its envelope takes neither "${version}" nor "${major}" as ${MEMBER}`;
    const fix = "mend the pattern, or the version in the title";
    report("protocol-version", positionIn(envelope, `/properties/${MEMBER}`), message, fix);
    return;
  }
  for (const { id, sentence, position } of requirements) {
    const said = SENT.exec(sentence)?.[1];
    if (said === undefined || said === written) continue;
    const message = `the draft is of version ${version}, and by ${id} its peers send "${said}" as ${MEMBER}`;
    report("protocol-version", position, message, `have them send "${written}", or mend the title`);
  }
  for (const example of examples) {
    // Those of the envelope may show what else it takes; one that is wrong there, what it does not.
    if (!messages.some(({ type }) => type === example.of)) continue;
    if (example.invalid?.pointer === `/${MEMBER}`) continue;
    const said = isObject(example.value) ? example.value[MEMBER] : undefined;
    // A peer of 1.0 says the major number alone, whatever draft shows it.
    if (typeof said !== "string" || said === written || said === major) continue;
    const message = `the draft is of version ${version}, and the example ${example.id} says "${said}" as ${MEMBER}`;
    report(
      "protocol-version",
      positionIn(example, `/${MEMBER}`),
      message,
      `say "${written}" there`,
    );
  }
};

/** Which words a schema takes; undefined if it says nothing of that, or not so that it can be read. */
function takerOf(form: {
  readonly pattern?: unknown;
  readonly const?: unknown;
  readonly enum?: unknown;
}): ((word: string) => boolean) | undefined {
  const { pattern, const: only, enum: words } = form;
  if (typeof only === "string") return (word) => word === only;
  if (Array.isArray(words)) return (word) => words.includes(word);
  if (typeof pattern !== "string") return undefined;
  try {
    const expression = new RegExp(pattern, "u");
    return (word) => expression.test(word);
  } catch {
    return undefined;
  }
}
