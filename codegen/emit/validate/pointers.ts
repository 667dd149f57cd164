const NAME = String.raw`\w+\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)`;
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const DYNAMIC = new RegExp(String.raw`${TEXT}(?:\s*\+\s*(?:${TEXT}|${NAME}|\w+))+`, "g");
const PART = new RegExp(`(${TEXT})|(${NAME})|(\\w+)`, "g");

/**
 * Writes a pointer that depends on the message, `"/jobs/" + i0 + "/" + key0.replace(…)`, as the list
 * of its names, `["jobs", i0, key0]`. A client chooses its names and how long they are: a list holds
 * them as they stand, so that noting a finding costs the same whatever they are. A constant pointer
 * stays what it is, since it costs nothing. Throws when it meets a form that it does not know.
 */
export function listNames(line: string): string {
  const text = line.replace(DYNAMIC, (path) => `[${names(path).join(", ")}]`);
  if (/\.replace\(|" ?\+/.test(text.replace(new RegExp(TEXT, "g"), '""'))) {
    throw new Error(`cannot distil a validator: the pointer in "${line}" is unexpected`);
  }
  return text;
}

/** Expressions, one for each name between slashes. */
function names(path: string): string[] {
  const variables: string[] = [];
  let pointer = "";
  for (const [, text, name, index] of path.matchAll(PART)) {
    if (text !== undefined) pointer += JSON.parse(text) as string;
    else pointer += `\0${variables.push(name?.split(".")[0] ?? index ?? "") - 1}`;
  }
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      if (part.startsWith("\0")) return variables[Number(part.slice(1))] ?? "";
      return JSON.stringify(part.replace(/~1/g, "/").replace(/~0/g, "~"));
    });
}
