import type { CellFact } from "../parse/facts.js";
import { quote, type Report } from "../parse/report.js";
import type { Direction, Gate, PatternKind } from "./types.js";

/** Reads the machine words of a row. A cell that holds none is reported, and the row is dropped. */
export interface CellReader {
  /** One word in backticks. */
  word(cell: CellFact | undefined, column: string): string;
  /** One word in backticks, or nothing. */
  optionalWord(cell: CellFact | undefined, column: string): string | undefined;
  /** Words in backticks with commas between them. */
  words(cell: CellFact | undefined, column: string): readonly string[];
  /** The same, at least one. */
  someWords(cell: CellFact | undefined, column: string): readonly string[];
  yesNo(cell: CellFact | undefined, column: string): boolean;
  /** A version that is not later than this one; "" if this one is not known. */
  since(cell: CellFact | undefined, version: string): string;
  direction(cell: CellFact | undefined): Direction;
  pattern(cell: CellFact | undefined): PatternKind;
  /** An integer, or `none`. */
  value(cell: CellFact | undefined): number | undefined;
  gates(cell: CellFact | undefined): readonly Gate[];
  /** True once a cell was refused without which the row means nothing. */
  readonly failed: boolean;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  "C → R": "client-to-runtime",
  "R → C": "runtime-to-client",
  both: "both",
};
const PATTERNS: readonly string[] = ["path", "url", "name", "amount"] satisfies PatternKind[];
const FIELD_GATE = /^field:(?<name>[^/]+)(?<path>(?:\/[^/]+)+)$/;

/** Whether all keyboards have its letters: others look like them, and make another name. */
const isPlain = (word: string): boolean => /^[!-~]*$/.test(word);

/** A letter that another one looks like, as its number. */
const typed = (text: string): string =>
  text.replace(/[^ -~]/gu, (letter) =>
    /\p{L}/u.test(letter) ? `\\u${letter.codePointAt(0)!.toString(16).padStart(4, "0")}` : letter,
  );

/** A reader for one row. */
export function createCellReader(report: Report): CellReader {
  let failed = false;
  const refuse = <T>(cell: CellFact | undefined, message: string, fix: string, instead: T): T => {
    failed = true;
    if (cell !== undefined) report("malformed-table", cell.position, message, fix);
    return instead;
  };
  /** Nothing else of the row depends on it: the row is kept, so that lint sees what is wrong beside. */
  const refuseAlone = (cell: CellFact | undefined, message: string, fix: string): string => {
    if (cell !== undefined) report("malformed-table", cell.position, message, fix);
    return "";
  };
  const refuseWord = <T>(cell: CellFact | undefined, column: string, fix: string, instead: T): T =>
    refuse(cell, `${quote(typed(cell?.source ?? ""))} is no ${column}`, fix, instead);

  const reader: Omit<CellReader, "failed"> = {
    word: (cell, column) => {
      const [word] = cell?.words ?? [];
      const one = cell?.onlyWords && cell.words.length === 1;
      if (one && word && isPlain(word)) return word;
      return refuseWord(cell, column, "write one word in backticks, in ASCII", "");
    },
    optionalWord: (cell, column) =>
      cell?.source === "" ? undefined : reader.word(cell, column) || undefined,
    words: (cell, column) => {
      const separators = cell?.source.replace(/`[^`]*`/g, "w").replaceAll(" ", "") ?? "";
      const separate = cell?.onlyWords && /^(?:w(?:,w)*)?$/.test(separators);
      if (separate && cell.words.every(isPlain)) return cell.words;
      return refuseWord(
        cell,
        column,
        "write words in backticks, in ASCII, with commas between them",
        [],
      );
    },
    someWords: (cell, column) =>
      cell?.source === "" ? [reader.word(cell, column)] : reader.words(cell, column),
    yesNo: (cell, column) => {
      if (cell?.plain === "yes" || cell?.plain === "no") return cell.plain === "yes";
      return refuseWord(cell, column, "write yes or no", false);
    },
    since: (cell, version) => {
      const since = cell?.plain ?? "";
      if (!/^\d+\.\d+$/.test(since)) {
        return refuseAlone(cell, `${quote(since)} is no Since`, "write a version: 1.0");
      }
      if (version === "" || compareVersions(since, version) <= 0) return since;
      const message = `${since} comes after this version, ${version}`;
      return refuseAlone(cell, message, "write the version that brought it");
    },
    direction: (cell) =>
      DIRECTIONS[cell?.plain ?? ""] ??
      refuseWord(cell, "Direction", "write C → R, R → C or both", "both"),
    pattern: (cell) => {
      const plain = cell?.plain ?? "";
      if (PATTERNS.includes(plain)) return plain as PatternKind;
      return refuseWord(cell, "Pattern", `write one of ${PATTERNS.join(", ")}`, "name");
    },
    value: (cell) => {
      const plain = cell?.plain ?? "";
      if (plain === "none") return undefined;
      const value = Number(plain.replaceAll("_", ""));
      if (/^\d+(?:_\d+)*$/.test(plain) && Number.isSafeInteger(value)) return value;
      return refuseWord(cell, "Value", "write an integer, or none", undefined);
    },
    gates: (cell) =>
      reader.words(cell, "list of gates").flatMap((word): Gate[] => {
        const field = FIELD_GATE.exec(word)?.groups;
        const [prefix, name] = word.split(":", 2);
        if (field !== undefined) {
          const path = (field["path"] ?? "").slice(1).split("/");
          return [{ kind: "field", name: field["name"] ?? "", path }];
        }
        if (name === undefined) return [{ kind: "message", name: word }];
        if ((prefix === "kind" || prefix === "namespace") && name) return [{ kind: prefix, name }];
        const fix = "write a message type, kind:NAME, namespace:NAME or field:NAME/property";
        return refuse(cell, `${quote(word)} is no gate`, fix, []);
      }),
  };
  return {
    ...reader,
    get failed() {
      return failed;
    },
  };
}

/** Negative when the first version is the older. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}
