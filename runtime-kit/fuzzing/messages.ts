import type { Failure, Judge } from "./judge.js";
import type { FuzzModel, Json, JsonObject, MessageRow, Schema } from "./model.js";
import { isObject } from "./pointers.js";
import type { Random } from "./random.js";
import type { Extent, Values } from "./values.js";

/** A whole message: JSON, and nothing of it is promised but what it was made for. */
export type FuzzMessage = JsonObject;

/** What a whole message of a type or kind has to be. */
export interface Form {
  readonly row: MessageRow;
  readonly kind?: string;
  /** Envelope, payload and body in one. */
  readonly schema: Schema;
}

/** Builds whole messages, and says what is wrong with one. */
export interface Messages {
  /** The form of a type or a kind; of some type, for `Envelope`. Throws for what the model does not have. */
  form(of: string, random: Random): Form;
  valid(form: Form, random: Random, extent: Extent): FuzzMessage;
  failures(form: Form, message: Json): Failure[];
}

/** The message whose payload has a kind, which says what its body is. */
export const EVENT = "job.event";

export function messagesOf(model: FuzzModel, judge: Judge, values: Values): Messages {
  const rows = new Map(model.messages.map((row) => [row.type, row]));
  const kinds = new Map(model.kinds.map((row) => [row.kind, row]));

  const form = (of: string, random: Random): Form => {
    if (of === "Envelope") return form(random.pick(model.messages).type, random);
    const body = kinds.get(of)?.schema;
    const row = rows.get(body === undefined ? of : EVENT);
    if (row === undefined) {
      const known = [...rows.keys(), ...kinds.keys()].join(", ");
      throw new RangeError(`${of} is neither a type nor a kind of ${model.revision}: ${known}`);
    }
    const payload =
      body === undefined
        ? row.schema
        : { ...row.schema, properties: { ...row.schema.properties, body } };
    const { schema } = model.envelope;
    return {
      row,
      ...(body === undefined ? {} : { kind: of }),
      schema: { ...schema, properties: { ...schema.properties, payload } },
    };
  };

  const valid = ({ row, kind, schema }: Form, random: Random, extent: Extent): FuzzMessage => {
    const whole = values(schema, random, extent, "message") as Record<string, Json>;
    const payload = { ...(whole["payload"] as JsonObject) };
    const message: Record<string, Json> = { ...whole, type: row.type, payload };
    if (extent === "least") message["arcp"] = model.arcp;
    if (kind !== undefined) payload["kind"] = kind;
    // Of a kind that nobody knows, so that the body is free.
    else if (row.type === EVENT) payload["kind"] = random.pick(["tomorrow", "x-vendor.example.a"]);
    const need = (name: string): Json =>
      values(schema.properties?.[name] ?? {}, random, extent, name);
    if (row.seq) message["event_seq"] ??= need("event_seq");
    const named = payload["job_id"] !== undefined && row.job !== "envelope";
    if (row.job !== undefined && (!named || extent === "least"))
      message["job_id"] ??= need("job_id");
    // One job, wherever it is named. ENV-18
    if (message["job_id"] !== undefined && payload["job_id"] !== undefined) {
      payload["job_id"] = message["job_id"];
    }
    return message;
  };

  const failures = ({ row, schema }: Form, message: Json): Failure[] => {
    const found = judge.failures(schema, message);
    if (!isObject(message)) return found;
    const lacks = (name: string): void => {
      if (message[name] === undefined) found.push({ names: [name], keyword: "required" });
    };
    const payload = message["payload"];
    const inside = isObject(payload) && payload["job_id"] !== undefined;
    if (row.job === "envelope" || (row.job === "either" && !inside)) lacks("job_id");
    if (row.seq) lacks("event_seq");
    return found;
  };

  return { form, valid, failures };
}
