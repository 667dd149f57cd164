/** The form of `fuzz/model.json`, as a JSON Schema for whoever reads it in another language. */

const string = { type: "string" };
const strings = { type: "array", items: string };
const list = (name: string, description: string) => ({
  type: "array",
  description,
  items: { $ref: `#/$defs/${name}` },
});
const schema = {
  type: "object",
  description:
    "JSON Schema without prose. `#/$defs/NAME` leads to `definitions`; a `format` stands for its pattern in `formats`.",
};
const section = { type: "string", description: "Section of the draft." };
const side = { enum: ["client", "runtime"] };

export const FORMAT = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "What ARCP messages and sequences can be made from",
  type: "object",
  required: [
    ...["form", "revision", "version", "arcp", "requirements", "features", "formats", "envelope"],
    ...["definitions", "messages", "kinds", "constraints", "rules", "patterns", "machines"],
    ...["moves", "unwalked", "missteps", "traces"],
  ],
  properties: {
    form: {
      const: 1,
      description:
        "Changes when a reader of this form would go wrong. While it is the same, what is required stays, and members may be added: pass over those that you do not know.",
    },
    revision: { type: "string", description: "Revision of the draft, such as 1.1." },
    version: { type: "string", description: "Version of the protocol." },
    arcp: { type: "string", description: "What messages have as `arcp`." },
    spec: { type: "string", description: "File of the draft, in its project." },
    requirements: { ...strings, description: "Ids of all requirements of the revision." },
    features: { ...strings, description: "All flags of the revision." },
    formats: {
      type: "object",
      description: "For each `format` the regular expression that it stands for.",
      additionalProperties: string,
    },
    envelope: {
      type: "object",
      description: "What every message is.",
      required: ["section", "schema"],
      properties: { section, schema },
    },
    definitions: {
      type: "object",
      description: "What references of schemas lead to.",
      additionalProperties: schema,
    },
    messages: { ...list("Message", "Every message type."), minItems: 1 },
    kinds: list("Kind", "Every kind of job.event."),
    constraints: list("Constraint", "All that the schemas ask, at each place where they ask it."),
    rules: list("Language", "The rules of the draft's grammars."),
    patterns: list("Language", "The regular expressions of the schemas."),
    machines: list("Machine", "The tables of states."),
    moves: list("Move", "What the transitions of the tables look like on the wire."),
    unwalked: list("Unwalked", "Triggers of the tables without a move."),
    missteps: list("Misstep", "What may not be done, and what is answered."),
    traces: list("Trace", "The sequences that the draft shows."),
  },
  $defs: {
    Message: {
      type: "object",
      required: ["type", "direction", "section", "seq", "replies", "schema"],
      properties: {
        type: string,
        direction: { enum: ["client-to-runtime", "runtime-to-client", "both"] },
        feature: { type: "string", description: "The flag that gates it." },
        section,
        job: {
          enum: ["envelope", "either", "payload"],
          description:
            "Where it has to name its job. `job_id` in both places has to be the same. Absent: it belongs to none.",
        },
        seq: { type: "boolean", description: "Whether it has to bear an event_seq." },
        replies: { ...strings, description: "Types of the messages that answer it." },
        schema: { ...schema, description: "Of its payload." },
      },
    },
    Kind: {
      type: "object",
      required: ["kind", "section", "schema"],
      properties: {
        kind: string,
        feature: { type: "string", description: "The flag that gates it." },
        section,
        schema: { ...schema, description: "Of its body." },
      },
    },
    Constraint: {
      type: "object",
      required: ["id", "of", "pointer", "keyword", "section"],
      properties: {
        id: { type: "string", description: "Unique, and stable." },
        of: {
          type: "string",
          description: "Message type, event kind, or Envelope for any message.",
        },
        pointer: {
          type: "string",
          description:
            "JSON pointer from the root of the message; `*` is any item of a list, any name of a map. Of the missing member, where one has to be there.",
        },
        keyword: { type: "string", description: "Of JSON Schema: what is asked there." },
        section,
        choice: {
          type: "string",
          description:
            "The place is within a branch of the choice that stands here; a validator may report the choice as well.",
        },
        tolerated: {
          type: "string",
          description: "Requirement by which a receiver takes what breaks it as if it were absent.",
        },
        inseparable: {
          type: "string",
          description: "Why no message breaks this and nothing else.",
        },
      },
    },
    Language: {
      type: "object",
      required: ["name", "text"],
      description:
        "An automaton: it begins in state 0, and takes a string of Unicode scalar values if it ends in a state of `accept`. Where no edge leads on, the string is refused.",
      properties: {
        name: { type: "string", description: "Of the rule; the regular expression itself." },
        section,
        text: { type: "string", description: "The rule as ABNF, or the regular expression." },
        accept: { type: "array", items: { type: "integer" } },
        edges: {
          type: "array",
          description: "From state, first and last character (code points), to state.",
          items: { type: "array", minItems: 4, maxItems: 4, items: { type: "integer" } },
        },
        undecided: { type: "string", description: "Why there is no automaton." },
      },
      // What is required is named beside it: strict validators ask for that.
      anyOf: [
        { properties: { accept: true, edges: true }, required: ["accept", "edges"] },
        { properties: { undecided: true }, required: ["undecided"] },
      ],
    },
    Machine: {
      type: "object",
      required: ["subject", "initial", "states", "terminal", "transitions"],
      properties: {
        subject: { type: "string", description: "`session` or `job`." },
        initial: string,
        states: strings,
        terminal: { ...strings, description: "States that nothing leads on from." },
        transitions: {
          type: "array",
          description: "Without `from`: where it begins.",
          items: {
            type: "object",
            required: ["to", "on"],
            properties: { from: string, to: string, on: string },
          },
        },
      },
    },
    Step: {
      anyOf: [
        {
          type: "object",
          required: ["from", "type", "members"],
          description:
            'A message. `members` are those of the envelope and of the payload that matter, side by side; a name that begins with "/" is a JSON pointer. `{ "$": "J" }` takes whatever stands there the first time, and is that from then on.',
          properties: { from: side, type: string, members: { type: "object" } },
        },
        {
          type: "object",
          required: ["from", "text"],
          description: "A frame, as it is.",
          properties: { from: side, text: string },
        },
        {
          type: "object",
          required: ["event"],
          description:
            "`connect`, `drop` or `end` of a transport; `window over` of a session, whose log is freed; what an agent does or suffers (`start`, `return`, `fail`, `crash`, `lease over`, `time over`); `other` in words.",
          properties: { event: string, text: string },
        },
      ],
    },
    Move: {
      type: "object",
      required: ["machine", "on", "steps", "binds", "becomes"],
      properties: {
        machine: string,
        on: { type: "string", description: "The trigger of the transition." },
        steps: { type: "array", minItems: 1, items: { $ref: "#/$defs/Step" } },
        binds: { ...strings, description: "Captures that are forgotten before it." },
        becomes: {
          type: "object",
          description: "Captures that take another one's value after it.",
          additionalProperties: string,
        },
      },
    },
    Unwalked: {
      type: "object",
      required: ["machine", "on", "why"],
      properties: { machine: string, on: string, why: string },
    },
    Misstep: {
      type: "object",
      required: ["id", "side", "in", "breaks", "steps"],
      properties: {
        id: string,
        side: { ...side, description: "Who does it." },
        in: {
          type: "object",
          required: ["session"],
          description: "Where the session stands before, and its latest job.",
          properties: { session: string, job: { enum: ["none", "running", "ended"] } },
        },
        breaks: { ...strings, description: "Requirements that the last step breaks." },
        steps: {
          type: "array",
          minItems: 1,
          description: "All but the last are right.",
          items: { $ref: "#/$defs/Step" },
        },
        expect: {
          type: "object",
          description: "The answer. Absent where the draft states none.",
          required: ["requirements", "type", "ends"],
          properties: {
            requirements: strings,
            type: string,
            code: string,
            details: { type: "object" },
            ends: {
              type: "boolean",
              description: "Whether the transport ends then; else the session lives on.",
            },
          },
        },
      },
    },
    Trace: {
      type: "object",
      required: ["id", "section", "requirements", "given", "steps"],
      properties: {
        id: string,
        section,
        requirements: strings,
        given: {
          ...strings,
          description: "Captures that the client uses before the runtime has shown them.",
        },
        steps: { type: "array", items: { $ref: "#/$defs/Step" } },
      },
    },
  },
} as const;
