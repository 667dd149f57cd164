/** Mutants of the tables: one cell of the model is another one. */
import type { Model, Position } from "../../codegen/model/types.js";

/** A model with one wrong cell. */
export interface TableMutant {
  readonly id: string;
  readonly position: Position;
  readonly what: string;
  readonly model: Model;
}

/** All mutants of the tables, in the order of the model. */
export function tableMutants(model: Model): TableMutant[] {
  return [
    ...messages(model),
    ...errors(model),
    ...features(model),
    ...namespaces(model),
    ...transitions(model),
    ...limits(model),
  ];
}

function messages(model: Model): TableMutant[] {
  return model.messages.flatMap((row) => {
    const { type, direction, job, seq, position } = row;
    const turned = direction === "client-to-runtime" ? "runtime-to-client" : "client-to-runtime";
    const changed = (name: string, what: string, cells: object): TableMutant => ({
      id: `${type} ${name}`,
      position,
      what,
      model: {
        ...model,
        messages: model.messages.map((one) => (one === row ? { ...row, ...cells } : one)),
      },
    });
    return [
      changed("direction", `it goes ${turned}`, { direction: turned }),
      // A number without a job has no form in the types, so the two go together.
      ...(seq ? [changed("seq", "it bears no event_seq", { seq: false })] : []),
      ...(seq ? [] : [changed("job", `it ${job ? "names no" : "names its"} job`, { job: !job })]),
    ];
  });
}

function errors(model: Model): TableMutant[] {
  return model.errors.map((row) => ({
    id: `${row.code} retryable`,
    position: row.position,
    what: `it is ${row.retryable ? "not " : ""}retryable`,
    model: {
      ...model,
      errors: model.errors.map((one) =>
        one === row ? { ...row, retryable: !row.retryable } : one,
      ),
    },
  }));
}

function features(model: Model): TableMutant[] {
  return model.features.flatMap((row) =>
    row.gates.map((gate) => {
      const path = gate.kind === "field" ? `/${gate.path.join("/")}` : "";
      const gates = row.gates.filter((one) => one !== gate);
      return {
        id: `${row.flag} ${gate.name}${path}`,
        position: row.position,
        what: `the flag does not gate the ${gate.kind} ${gate.name}${path}`,
        model: {
          ...model,
          features: model.features.map((one) => (one === row ? { ...row, gates } : one)),
        },
      };
    }),
  );
}

function namespaces(model: Model): TableMutant[] {
  return model.namespaces.map((row) => {
    const pattern = row.pattern === "name" ? "path" : "name";
    return {
      id: `${row.namespace} pattern`,
      position: row.position,
      what: `its patterns are those of a ${pattern}`,
      model: {
        ...model,
        namespaces: model.namespaces.map((one) => (one === row ? { ...row, pattern } : one)),
      },
    };
  });
}

function transitions(model: Model): TableMutant[] {
  return model.machines.flatMap((machine) =>
    machine.transitions
      .filter(({ from }) => from !== undefined)
      .map((row) => {
        const left = machine.transitions.filter((one) => one !== row);
        return {
          id: `${machine.subject} ${row.from}-${row.on}`,
          position: row.position,
          what: `${row.on} leads from ${row.from} nowhere`,
          model: {
            ...model,
            machines: model.machines.map((one) =>
              one === machine ? { ...machine, transitions: left } : one,
            ),
          },
        };
      }),
  );
}

function limits(model: Model): TableMutant[] {
  return model.limits.flatMap((row) => {
    const { value } = row;
    if (value === undefined) return [];
    return [
      {
        id: `${row.name} value`,
        position: row.position,
        what: `it is ${value * 2 + 1}`,
        model: {
          ...model,
          limits: model.limits.map((one) => (one === row ? { ...row, value: value * 2 + 1 } : one)),
        },
      },
    ];
  });
}
