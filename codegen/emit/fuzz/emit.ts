import type { Model } from "../../model/types.js";
import type { Artefact } from "../artefact.js";
import { jobIn } from "../declared.js";
import { formats } from "../../model/formats.js";
import { constraintsOf } from "./constraints.js";
import { FORMAT } from "./format.js";
import { writtenVersion } from "./version.js";
import { patternsOf, rulesOf } from "./languages.js";
import { misstepsOf } from "./missteps.js";
import { movesOf } from "./moves.js";
import { plain, sharedDefinitions } from "./schemas.js";
import { givenIn, stepsOf } from "./steps.js";

/** `fuzz/`: what random messages, wrong ones and sequences can be made from, as data for any language. */
export function emitFuzz(model: Model): Artefact[] {
  const { moves, unwalked } = movesOf(model);
  const messages = model.messages.map((row) => ({
    type: row.type,
    direction: row.direction,
    ...(row.feature === undefined ? {} : { feature: row.feature }),
    section: row.section,
    ...(row.job ? { job: jobIn(row) } : {}),
    seq: row.seq,
    replies: row.replies,
    schema: plain(model, row.schema.schema),
  }));
  const kinds = model.kinds.map(({ kind, feature, schema }) => ({
    kind,
    ...(feature === undefined ? {} : { feature }),
    section: schema.section,
    schema: plain(model, schema.schema),
  }));
  const envelope = {
    section: model.envelope.section,
    schema: plain(model, model.envelope.schema),
  };
  const definitions = sharedDefinitions(model);
  const value = {
    form: 1,
    revision: model.revision,
    version: model.version,
    arcp: writtenVersion(model),
    spec: model.file,
    requirements: model.requirements.map(({ id }) => id),
    features: model.features.map(({ flag }) => flag),
    formats,
    envelope,
    definitions,
    messages,
    kinds,
    constraints: constraintsOf(model),
    rules: rulesOf(model),
    patterns: patternsOf({ envelope, definitions, messages, kinds }),
    machines: model.machines.map(({ subject, initial, states, terminal, transitions }) => ({
      subject,
      initial,
      states,
      terminal,
      transitions: transitions.map(({ from, to, on }) => ({
        ...(from === undefined ? {} : { from }),
        to,
        on,
      })),
    })),
    moves,
    unwalked,
    missteps: misstepsOf(model),
    traces: model.traces.map((trace) => {
      const steps = stepsOf(trace);
      const { id, section, requirements } = trace;
      return { id, section, requirements, given: givenIn(steps), steps };
    }),
  };
  return [
    { path: "fuzz/model.json", text: print(value) },
    { path: "fuzz/format.schema.json", text: `${JSON.stringify(FORMAT, null, 2)}\n` },
  ];
}

/** An item of a list on a line, so that a diff shows the items that changed. */
function print(value: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(value).map(([name, member]) => {
    const lines =
      Array.isArray(member) && member.some((item) => typeof item === "object")
        ? `[\n${member.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
        : JSON.stringify(member);
    return `  ${JSON.stringify(name)}: ${lines}`;
  });
  return `{\n${members.join(",\n")}\n}\n`;
}
