/** The form of `fuzz/model.json`, as a JSON Schema for whoever reads it in another language. */

const string = { type: "string" };
const text = (description: string) => ({ type: "string", description }) as const;
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
const section = text("Section of the draft.");
const from = { enum: ["client", "runtime"], description: "Who sends it." };
const steps = { type: "array", items: { $ref: "#/$defs/Step" } };
const machine = text("The `subject` of the table.");

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
    revision: text("Revision of the draft, such as 1.1."),
    version: text("Version of the protocol."),
    arcp: text("What messages have as `arcp`."),
    spec: text("File of the draft, in its project."),
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
        type: text("What messages of it have as `type`."),
        direction: {
          enum: ["client-to-runtime", "runtime-to-client", "both"],
          description: "Who may send it.",
        },
        feature: text("The flag that gates it."),
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
        kind: text("What the payload of such an event has as `kind`."),
        feature: text("The flag that gates it."),
        section,
        schema: { ...schema, description: "Of its body." },
      },
    },
    Constraint: {
      type: "object",
      required: ["id", "of", "pointer", "keyword", "section"],
      properties: {
        id: text("Unique, and stable."),
        of: text("Message type, event kind, or Envelope for any message."),
        pointer: text(
          "JSON pointer from the root of the message; `*` is any item of a list, any name of a map. Of the missing member, where one has to be there.",
        ),
        keyword: text("Of JSON Schema: what is asked there."),
        section,
        choice: text(
          "The place is within a branch of the choice that stands here; a validator may report the choice as well.",
        ),
        tolerated: text(
          "Requirement by which a receiver takes what breaks it as if it were absent.",
        ),
        inseparable: text("Why no message breaks this and nothing else."),
      },
    },
    Language: {
      type: "object",
      required: ["name", "text"],
      description:
        "An automaton: it begins in state 0, and takes a string of Unicode scalar values if it ends in a state of `accept`. Where no edge leads on, the string is refused.",
      properties: {
        name: text("Of the rule; the regular expression itself."),
        section,
        text: text("The rule as ABNF, or the regular expression."),
        accept: {
          type: "array",
          description: "States in which a string may end.",
          items: { type: "integer" },
        },
        edges: {
          type: "array",
          description: "From state, first and last character (code points), to state.",
          items: { type: "array", minItems: 4, maxItems: 4, items: { type: "integer" } },
        },
        undecided: text("Why there is no automaton."),
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
        subject: text("`session` or `job`."),
        initial: text("The state in which it begins."),
        states: { ...strings, description: "All of its states." },
        terminal: { ...strings, description: "States that nothing leads on from." },
        transitions: {
          type: "array",
          description: "Without `from`: where it begins.",
          items: {
            type: "object",
            required: ["to", "on"],
            properties: {
              from: text("The state before it."),
              to: text("The state after it."),
              on: text("What brings it about: the trigger."),
            },
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
          properties: {
            from,
            type: text("The type of the message."),
            members: { type: "object", description: "What matters of it, by name." },
          },
        },
        {
          type: "object",
          required: ["from", "text"],
          description: "A frame, as it is.",
          properties: { from, text: text("The whole frame.") },
        },
        {
          type: "object",
          required: ["event"],
          description:
            "`connect`, `drop` or `end` of a transport; `window over` of a session, whose log is freed; what an agent does or suffers (`start`, `return`, `fail`, `crash`, `lease over`, `time over`); `other` in words.",
          properties: {
            event: text("What is to be brought about."),
            text: text("What the draft says of it, for people."),
          },
        },
      ],
    },
    Move: {
      type: "object",
      required: ["machine", "on", "steps", "binds", "becomes"],
      properties: {
        machine,
        on: text("The trigger of the transition."),
        steps: { ...steps, minItems: 1, description: "What is seen on the wire, in this order." },
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
      properties: {
        machine,
        on: text("The trigger of the transition."),
        why: text("Why it has no move."),
      },
    },
    Misstep: {
      type: "object",
      required: ["id", "side", "in", "breaks", "steps"],
      properties: {
        id: text("Unique."),
        side: { ...from, description: "Who does it." },
        in: {
          type: "object",
          required: ["session"],
          description: "Where the session stands before, and its latest job.",
          properties: {
            session: text("The state of the session."),
            job: {
              enum: ["none", "running", "ended"],
              description:
                "Of its latest job: none submitted, running, in a terminal state. Absent: any.",
            },
          },
        },
        breaks: { ...strings, description: "Requirements that the last step breaks." },
        steps: { ...steps, minItems: 1, description: "All but the last are right." },
        expect: {
          type: "object",
          description: "The answer. Absent where the draft states none.",
          required: ["requirements", "type", "ends"],
          properties: {
            requirements: { ...strings, description: "Those by which it is answered so." },
            type: text("The type of the answer."),
            code: text("What the answer has as `code`."),
            details: { type: "object", description: "Members of the answer's `details`." },
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
        id: text("Unique."),
        section,
        requirements: { ...strings, description: "Those that it shows." },
        given: {
          ...strings,
          description: "Captures that the client uses before the runtime has shown them.",
        },
        steps: { ...steps, description: "All that the draft shows, in this order." },
      },
    },
  },
} as const;
