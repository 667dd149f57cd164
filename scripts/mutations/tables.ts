/** Mutants of the tables: one cell is another one, and with it any cell that has to say the same. */
import { camel } from "../../codegen/emit/names.js";
import type { Draft } from "../../codegen/model/draft.js";
import type { Feature, Gate, Position } from "../../codegen/model/types.js";

/** The tables of a draft, and of its model. */
type Tables = Pick<
  Draft,
  "messages" | "kinds" | "errors" | "features" | "namespaces" | "machines" | "limits"
>;

/** Tables with one wrong cell. */
export interface TableMutant<T extends Tables> {
  /** Its table, its row and what is wrong there: `errors TIMEOUT retryable`. */
  readonly id: string;
  readonly position: Position;
  readonly section: string;
  readonly what: string;
  /** What it is about, as the sources write it, the most telling word first. */
  readonly words: readonly string[];
  /** Whether the types change with it, so that the compiler may notice. */
  readonly typed: boolean;
  readonly tables: T;
}

type Row = { readonly position: Position; readonly section: string };

/** All mutants of the tables, in the order of the spec's kinds of tables. */
export function tableMutants<T extends Tables>(tables: T): TableMutant<T>[] {
  const of = (
    { position, section }: Row,
    id: string,
    what: string,
    words: readonly string[],
    changed: Partial<Tables>,
    typed = false,
  ): TableMutant<T> => ({
    ...{ id: `${Object.keys(changed)[0]} ${id}`, position, section, what, words, typed },
    tables: { ...tables, ...changed },
  });

  const messages = tables.messages.flatMap((row) => {
    const { type, direction, job, seq } = row;
    const turned = direction === "client-to-runtime" ? "runtime-to-client" : "client-to-runtime";
    const changed = (name: string, what: string, cells: object) =>
      of(
        row,
        `${type} ${name}`,
        what,
        [type],
        { messages: swap(tables.messages, row, cells) },
        true,
      );
    return [
      changed("direction", `it goes ${turned}`, { direction: turned }),
      // A number without a job has no form in the types, so the two go together.
      ...(seq ? [changed("seq", "it bears no event_seq", { seq: false })] : []),
      ...(seq ? [] : [changed("job", `it ${job ? "names no" : "names its"} job`, { job: !job })]),
    ];
  });

  const errors = tables.errors.flatMap((row) => {
    const { code, retryable } = row;
    const changed = (name: string, what: string, cells: object, typed: boolean) =>
      of(
        row,
        `${code} ${name}`,
        what,
        [code, "retryable:"],
        { errors: swap(tables.errors, row, cells) },
        typed,
      );
    return [
      changed("code", `it is called ${code}_X`, { code: `${code}_X` }, true),
      changed(
        "retryable",
        `it is ${retryable ? "not " : ""}retryable`,
        { retryable: !retryable },
        false,
      ),
    ];
  });

  const features = tables.features.flatMap((row) =>
    row.gates.map((gate) => {
      const path = gate.kind === "field" ? `/${gate.path.join("/")}` : "";
      const name = `${gate.name}${path}`;
      const words = ["features[", row.flag, ...(gate.kind === "field" ? gate.path : [gate.name])];
      const what = `the flag does not gate the ${gate.kind} ${name}`;
      return of(row, `${row.flag} ${name}`, what, words, ungated(tables, row, gate));
    }),
  );

  const namespaces = tables.namespaces.map((row) => {
    const pattern = row.pattern === "name" ? "path" : "name";
    const what = `its patterns are those of a ${pattern}`;
    const changed = { namespaces: swap(tables.namespaces, row, { pattern }) };
    return of(row, `${row.namespace} pattern`, what, [row.namespace], changed);
  });

  const transitions = tables.machines.flatMap((machine) =>
    machine.transitions.flatMap((row) => {
      const { from, on, to } = row;
      if (from === undefined) return [];
      const left = machine.transitions.filter((one) => one !== row);
      const id = `${machine.subject} ${from}-${on}`;
      const words = [`${machine.subject}Lifecycle`, from, on, to];
      const changed = { machines: swap(tables.machines, machine, { transitions: left }) };
      return [of(row, id, `${on} leads from ${from} nowhere`, words, changed)];
    }),
  );

  const limits = tables.limits.flatMap((row) => {
    const { name, value } = row;
    if (value === undefined) return [];
    const other = value * 2 + 1;
    const changed = { limits: swap(tables.limits, row, { value: other }) };
    return [of(row, `${name} value`, `it is ${other}`, [name, `Limits.${camel(name)}`], changed)];
  });

  return [...messages, ...errors, ...features, ...namespaces, ...transitions, ...limits];
}

/** Takes a gate away, and the Feature cell that says the same: that the two differ would be noticed by the lint alone. */
function ungated<T extends Tables>(tables: T, row: Feature, gate: Gate): Partial<Tables> {
  const free = <R extends { readonly feature: string | undefined }>(
    rows: readonly R[],
    is: (one: R) => boolean,
  ): R[] =>
    rows.map((one) => (is(one) && one.feature === row.flag ? { ...one, feature: undefined } : one));
  const { kind, name } = gate;
  return {
    features: swap(tables.features, row, { gates: row.gates.filter((one) => one !== gate) }),
    ...(kind === "message" && { messages: free(tables.messages, (one) => one.type === name) }),
    ...(kind === "kind" && { kinds: free(tables.kinds, (one) => one.kind === name) }),
    ...(kind === "namespace" && {
      namespaces: free(tables.namespaces, (one) => one.namespace === name),
    }),
  };
}

function swap<R extends object>(rows: readonly R[], row: R, cells: object): R[] {
  return rows.map((one) => (one === row ? { ...row, ...cells } : one));
}
