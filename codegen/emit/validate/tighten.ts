/**
 * Says in one call what ajv says in up to ten lines for the commonest members: one that is required, an
 * optional string with or without bounds, an object with a validator of its own. Only where the pointer is constant: a helper's
 * arguments are made before it is called, and a good message must not pay for a pointer.
 */
export function tighten(lines: readonly string[]): string[] {
  return lines
    .join("\n")
    .replace(BOUNDED, (...match: (string | undefined)[]) => {
      const [, subject, , max, min = "0", path] = match;
      const bounds = max !== undefined ? `, ${min}, ${max}` : min === "0" ? "" : `, ${min}`;
      return `if(${subject} !== undefined){\nerrors += text(found, ${path}, ${subject}${bounds});\n}`;
    })
    .replace(BARE, "errors += text(found, $2, $1);")
    .replace(OPTIONAL, "errors += optional($2);")
    .replace(REQUIRED, "errors += required(found, $2, $1, $3);")
    .replace(/;\nerrors \+= (?=required\()/g, " + ")
    .replace(
      NESTED,
      "if($1 !== undefined){\nif(!$3($1)){\nerrors += nested(found, $3, $1, $4);\n}\n}",
    )
    .split("\n");
}

const PATH = `("(?:[^"\\\\]|\\\\.)*")`;

/** `let data0 = data.x;`, its type, perhaps a longest and a shortest length. */
const BOUNDED = new RegExp(
  [
    String.raw`if\(([\w.[\]"]+) !== undefined\)\{`,
    String.raw`let (data\d+) = \1;`,
    String.raw`if\(typeof \2 === "string"\)\{`,
    String.raw`(?:if\(\2\.length > \d+ && lengthOf\(\2\) > (\d+)\)\{`,
    String.raw`errors \+= report\(found, "[^"]*", "maxLength", \d+\);`,
    String.raw`\}`,
    String.raw`)?(?:if\(\2\.length < (1)\)\{`,
    String.raw`errors \+= report\(found, "[^"]*", "minLength", 1\);`,
    String.raw`\}`,
    String.raw`)?\}`,
    String.raw`else \{`,
    String.raw`errors \+= report\(found, ${PATH}, "type", "string"\);`,
    String.raw`\}`,
    String.raw`\}`,
  ].join("\n"),
  "g",
);

const BARE = new RegExp(
  [
    String.raw`if\(typeof ([\w.[\]"]+) !== "string"\)\{`,
    String.raw`errors \+= report\(found, ${PATH}, "type", "string"\);`,
    String.raw`\}`,
  ].join("\n"),
  "g",
);

const OPTIONAL =
  /if\(([\w.[\]"]+) !== undefined\)\{\nerrors \+= text\((found, "(?:[^"\\]|\\.)*", \1(?:, \d+)*)\);\n\}/g;

const REQUIRED = new RegExp(
  [
    String.raw`if\(([\w.[\]"]+) === undefined\)\{`,
    String.raw`errors \+= report\(found, ${PATH}, "required", ${PATH}\);`,
    String.raw`\}`,
  ].join("\n"),
  "g",
);

const NESTED = new RegExp(
  [
    String.raw`if\(([\w.[\]"]+) !== undefined\)\{`,
    String.raw`let (data\d+) = \1;`,
    String.raw`if\(!(validate\w+)\(\2\)\)\{`,
    String.raw`errors \+= nested\(found, \3, \2, ${PATH}\);`,
    String.raw`\}`,
    String.raw`\}`,
  ].join("\n"),
  "g",
);
