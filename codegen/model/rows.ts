import type { CellFact, Facts, RowFact, TableFact, TableKind } from "../parse/facts.js";
import type { Report } from "../parse/report.js";
import { createCellReader, type CellReader } from "./cells.js";
import type { Draft } from "./draft.js";
import type { Feature, Namespace, Position, StateMachine, Transition } from "./types.js";

type Cells = readonly (CellFact | undefined)[];
type Tables = Pick<
  Draft,
  "messages" | "kinds" | "errors" | "features" | "namespaces" | "limits" | "machines" | "tentative"
> & { readonly machinePositions: Map<string, Position> };

/** Reads the rows of all tables but those of fields into what they declare. */
export function readTables(facts: Facts, version: string, report: Report): Tables {
  const tentative = new Set(facts.tentative);
  const unfinished = new Set<string>();
  /** Applies a reader to each row of a kind; a row with a cell that is refused yields nothing. */
  const rows = <T extends object>(
    kind: TableKind,
    read: (cells: Cells, reader: CellReader, table: TableFact) => T,
  ): (T & { position: Position; section: string })[] =>
    facts.tables
      .filter((table) => table.kind === kind)
      .flatMap((table) =>
        table.rows.flatMap((row: RowFact) => {
          const reader = createCellReader(report);
          const result = read(row.cells, reader, table);
          const position = row.cells[0]?.position ?? row.position;
          if (!reader.failed) return [{ ...result, position, section: table.section }];
          for (const { words, plain } of row.cells) tentative.add(plain).add(words[0] ?? "");
          if (kind === "states") unfinished.add(table.subject);
          return [];
        }),
      );

  const transitions = rows("states", ([from, to, on, meaning], reader, table) => ({
    subject: table.subject,
    from: from?.plain === "—" ? [undefined] : reader.someWords(from, "state"),
    to: reader.word(to, "state"),
    on: reader.someWords(on, "event"),
    meaning: prose(meaning),
  }));
  const machinePositions = new Map<string, Position>();
  for (const table of facts.tables) {
    if (table.kind !== "states" || unfinished.has(table.subject)) continue;
    if (!machinePositions.has(table.subject)) {
      machinePositions.set(table.subject, table.directive);
    }
  }

  return {
    messages: rows(
      "messages",
      ([type, direction, since, feature, job, seq, reply, meaning], r) => ({
        type: r.word(type, "message type"),
        direction: r.direction(direction),
        since: r.since(since, version),
        feature: r.optionalWord(feature, "Feature"),
        job: r.yesNo(job, "Job"),
        seq: r.yesNo(seq, "Seq"),
        replies: r.words(reply, "list of replies"),
        meaning: prose(meaning),
      }),
    ),
    kinds: rows("kinds", ([kind, since, feature, meaning], r) => ({
      kind: r.word(kind, "event kind"),
      since: r.since(since, version),
      feature: r.optionalWord(feature, "Feature"),
      meaning: prose(meaning),
    })),
    errors: rows("errors", ([code, retryable, since, hint, meaning], r) => ({
      code: r.word(code, "error code"),
      retryable: r.yesNo(retryable, "Retryable"),
      since: r.since(since, version),
      hint: hint?.plain ?? "",
      meaning: prose(meaning),
    })),
    features: rows<Omit<Feature, "position" | "section">>(
      "features",
      ([flag, since, gates, meaning], r) => ({
        flag: r.word(flag, "feature"),
        since: r.since(since, version),
        gates: r.gates(gates),
        meaning: prose(meaning),
      }),
    ),
    namespaces: rows<Omit<Namespace, "position" | "section">>(
      "namespaces",
      ([namespace, since, feature, pattern, meaning], r) => ({
        namespace: r.word(namespace, "namespace"),
        since: r.since(since, version),
        feature: r.optionalWord(feature, "Feature"),
        pattern: r.pattern(pattern),
        meaning: prose(meaning),
      }),
    ),
    limits: rows("limits", ([name, value, unit, meaning], r) => ({
      name: r.word(name, "limit"),
      value: r.value(value),
      unit: unit?.plain ?? "",
      meaning: prose(meaning),
    })),
    machines: [...machinePositions.keys()].map((subject) =>
      machine(
        subject,
        transitions
          .filter((row) => row.subject === subject)
          .flatMap(({ from: sources, on: events, to, meaning, position, section }) =>
            sources.flatMap((from) =>
              events.map((on) => ({ from, to, on, meaning, position, section })),
            ),
          ),
      ),
    ),
    machinePositions,
    tentative,
  };
}

/** States in the order of their first mention; terminal is what nothing leaves. */
function machine(subject: string, transitions: readonly Transition[]): StateMachine {
  const mentioned = transitions.flatMap(({ from, to }) => (from === undefined ? [to] : [from, to]));
  const states = [...new Set(mentioned)];
  return {
    subject,
    initial: transitions.find(({ from }) => from === undefined)?.to ?? "",
    states,
    terminal: states.filter((state) => !transitions.some(({ from }) => from === state)),
    transitions,
  };
}

/** Prose as written, on one line. */
function prose(cell: CellFact | undefined): string {
  return cell?.source.replace(/\s+/g, " ") ?? "";
}
