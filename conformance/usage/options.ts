/** A script was called in a way that it does not have. One line, without the hint at `--help`. */
export class UsageError extends Error {
  constructor(message: string) {
    // It may quote what was given, which may be several lines, or move the cursor of a terminal.
    super(message.replaceAll(/\p{Cc}+/gu, " "));
  }
}

/** `--name`, or `--name FORM`. */
export interface Option<T> {
  /** What it does, and what is the case without it. */
  readonly about: string;
  /** What stands for its value; undefined for a flag. */
  readonly form: string | undefined;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  /**
   * What was given, in its order; nothing without the option.
   *
   * @throws UsageError that says what is allowed: the name of the option is put before it
   */
  read(given: readonly string[]): T;
}

/** On or off. */
export function flag(about: string): Option<boolean> {
  return { about, form: undefined, read: (given) => given.length > 0 };
}

/** A text that is not empty; `check` throws a `UsageError` for one that means nothing. */
export function text(
  form: string,
  about: string,
  check?: (text: string) => void,
): Option<string | undefined> {
  return one(form, about, (given) => {
    check?.(given);
    return given;
  });
}

/** Texts: the option may be given several times. */
export function texts(form: string, about: string): Option<readonly string[]> {
  return { form, about, many: true, read: (given) => given };
}

/** One of some words. */
export function choice<const W extends string>(
  words: readonly W[],
  about: string,
): Option<W | undefined> {
  return one(words.join("|"), about, (given) => {
    const found = words.find((word) => word === given);
    if (found === undefined) throw new UsageError(`one of ${words.join(", ")}, not "${given}"`);
    return found;
  });
}

/** A whole number; from 1 up, if nothing else is said. */
export function whole(form: string, about: string, least = 1): Option<number | undefined> {
  return one(form, about, (given) => {
    // Not `Number` alone: it reads "", "1e3" and "0x10" as numbers too.
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(`a whole number from ${least} up, not "${given}"`);
  });
}

/** A number above 0, such as 0.5. */
export function positive(form: string, about: string): Option<number | undefined> {
  return one(form, about, (given) => {
    const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    if (Number.isFinite(value) && value > 0) return value;
    throw new UsageError(`a number above 0, not "${given}"`);
  });
}

/** An option with one value, read by a function that throws a `UsageError`. */
export function one<T>(
  form: string,
  about: string,
  read: (given: string) => T,
): Option<T | undefined> {
  return { form, about, read: ([given]) => (given === undefined ? undefined : read(given)) };
}

/** The check of words that have to be among some; `what` is one of them: "row". */
export function among(what: string, names: readonly string[]): (word: string) => void {
  return (word) => {
    if (names.includes(word)) return;
    throw new UsageError(`there is no ${what} "${word}"; there is ${names.join(", ")}`);
  };
}
