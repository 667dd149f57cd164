/**
 * How a script of package.json is called, and what it was called with. One reader for all of them; it is in the room of
 * the suite because the suite, which has scripts with arguments as well, imports nothing but what is generated.
 */
import { parseArgs } from "node:util";
import { UsageError } from "./options.js";
import type { Option } from "./options.js";

/** Arguments that are no options. */
export interface Words {
  /** "OLD NEW", "[ROW ...]" */
  readonly form: string;
  readonly about: string;
  readonly least?: number;
  readonly most?: number;
  /** @throws UsageError for a word that means nothing */
  check?(word: string): void;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** How a script is called. */
export interface Usage<O extends Options = Options> {
  /** "npm run bench" */
  readonly name: string;
  /** What it does: a paragraph. */
  readonly about: string;
  readonly options: O;
  /** None are taken without it. */
  readonly words?: Words;
  /** @throws UsageError for options and words that mean nothing together */
  together?(given: Given<O>): void;
  /** What the exit codes mean besides `2`, a wrong call. */
  readonly exits?: Readonly<Record<number, string>>;
}

/** What a script was called with. */
export interface Given<O extends Options> {
  readonly values: { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };
  readonly words: readonly string[];
}

/**
 * Reads what a script was called with.
 *
 * @throws UsageError for an option, a value or a word that the script does not have, and for an empty one
 */
export function readArguments<O extends Options>(
  usage: Usage<O>,
  args: readonly string[],
): Given<O> {
  const { options, words } = usage;
  const given = new Map<string, string[]>(Object.keys(options).map((name) => [name, []]));
  const found: string[] = [];
  const types = Object.entries(options).map(([name, { form }]) => {
    return [name, { type: form === undefined ? "boolean" : "string" }] as const;
  });
  // Not strict: the words of its errors are several lines, and none names an empty value.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") found.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    const all = given.get(name);
    if (option === undefined || all === undefined || rawName !== `--${name}`)
      throw new UsageError(`there is no option ${rawName}`);
    if (option.form === undefined) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
      all.push("");
      continue;
    }
    if (value === undefined || (!inlineValue && value.startsWith("--")))
      throw new UsageError(`${rawName}: ${option.form} is missing`);
    if (value === "") throw new UsageError(`${rawName}: ${option.form} is empty`);
    if (all.push(value) > 1 && option.many !== true)
      throw new UsageError(`${rawName} is given twice`);
  }
  checkWords(words, found);
  const values = Object.entries(options).map(([name, option]) => {
    try {
      return [name, option.read(given.get(name) ?? [])] as const;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`--${name}: ${error.message}`);
    }
  });
  const all = { values: Object.fromEntries(values) as Given<O>["values"], words: found };
  usage.together?.(all);
  return all;
}

function checkWords(words: Words | undefined, found: readonly string[]): void {
  if (words === undefined) {
    if (found.length > 0) throw new UsageError(`the argument "${found[0]}" is not expected`);
    return;
  }
  const { form, least = 0, most = Infinity } = words;
  if (found.includes("")) throw new UsageError(`an argument is empty: ${form} is expected`);
  if (found.length > most)
    throw new UsageError(`the argument "${found[most]}" is one too many: ${form} is expected`);
  if (found.length < least) {
    const last = found.length === 0 ? "no argument is given" : `"${found.at(-1)}" is the last one`;
    throw new UsageError(`${last}: ${form} is expected`);
  }
  for (const word of found) words.check?.(word);
}
