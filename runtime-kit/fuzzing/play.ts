import { bindingsFrom, optionsFrom, seedFrom, shown, wordFrom } from "./asked.js";
import { captureIn, capturesNamed, capturesOf, first } from "./captures.js";
import { EVENT } from "./messages.js";
import type { Messages, FuzzMessage } from "./messages.js";
import type { Judge } from "./judge.js";
import type { FuzzModel, Json, JsonObject, Side } from "./model.js";
import { isObject, namesIn, pointerOf, valueAt, withValue } from "./pointers.js";
import { randomOf } from "./random.js";
import { json, sayMisfit } from "./shape.js";
import { sequenceFrom } from "./step-shapes.js";
import type { Values } from "./values.js";
import type { Sequence, SequenceStep } from "./walks.js";

/** What comes next in a sequence, for whoever plays one side of it. */
export type Turn =
  /** Send this frame. `message` is absent where the frame is to be no message. */
  | {
      readonly do: "send";
      readonly from: Side;
      readonly frame: string;
      readonly message?: FuzzMessage;
      readonly step: number;
    }
  /** Wait for a message of the other side, and hand it to `receive`. `type` is empty where it is to be no message. */
  | { readonly do: "receive"; readonly from: Side; readonly type: string; readonly step: number }
  /** See to it that this happens: `connect`, `drop`, `end`, what an agent does. */
  | {
      readonly do: "event";
      readonly event: string;
      readonly text?: string;
      readonly step: number;
    };

/** One side of a sequence, or both, as it is played. */
export interface Player {
  /** What comes next, every time the same until it is done; `undefined` at the end. Sending is done by asking. */
  next(): Turn | undefined;
  /**
   * Takes a message of the other side for the step that waits for one, as `JSON.parse` gives it: a member that is
   * `undefined` is none of JSON. Says what is wrong with it, if anything.
   */
  receive(message: unknown): string | undefined;
}

/** Who is played, and what is known before. */
export interface PlayOptions {
  /** `both`: nothing is received, all of it is made up. */
  readonly side: (typeof SIDES)[number];
  readonly seed?: number;
  /** What captures stand for: `TOKEN` and `AGENT` (else `token` and `agent`), and those of the sequence, `given` first of all. */
  readonly bindings?: JsonObject;
}

const SIDES = ["client", "runtime", "both"] as const satisfies readonly (Side | "both")[];

/** Plays sequences of a model. */
export function playerOf(model: FuzzModel, judge: Judge, values: Values, messages: Messages) {
  const rows = new Map(model.messages.map((row) => [row.type, row]));
  const kinds = new Map(model.kinds.map((row) => [row.kind, row]));
  const envelope = model.envelope.schema.properties ?? {};

  return (sequence: Sequence, options: PlayOptions): Player => {
    const { steps } = sequenceFrom(sequence, model.revision, rows);
    optionsFrom(["side", "seed", "bindings"], options);
    const { side, bindings = {} } = options;
    wordFrom("side", SIDES, side);
    bindingsFrom(capturesNamed(sequence), bindings);
    const random = randomOf(seedFrom(options.seed));
    const captures = capturesOf(bindings, model.features, { judge, values, random });
    const { bound, complete, differs, seen } = captures;
    const pending: { readonly id: string; readonly type: string }[] = [];
    let session: Json | undefined;
    let latest: Json | undefined;
    let at = 0;
    let sent = 0;
    let made: Turn | undefined;

    function messageOf(step: Extract<SequenceStep, { readonly type: string }>): FuzzMessage {
      const { type, members, from } = step;
      const { schema, replies } = rows.get(type)!;
      const outer: Record<string, Json> = {};
      const inner: Record<string, Json> = {};
      const pointed: [string, Json][] = [];
      const payloadNames = schema.properties ?? {};
      for (const [name, value] of Object.entries(members)) {
        if (name.startsWith("/")) pointed.push([name, value]);
        else if (Object.hasOwn(envelope, name)) {
          outer[name] = complete(envelope[name]!, value);
          if (Object.hasOwn(payloadNames, name)) inner[name] = outer[name];
        } else inner[name] = value;
      }
      const request = from === "runtime" ? answered(type, inner["request_id"]) : undefined;
      if (request !== undefined && Object.hasOwn(payloadNames, "request_id")) {
        inner["request_id"] = request;
      }
      const kind = kinds.get(kindIn(type, inner) ?? "");
      const form =
        kind === undefined
          ? schema
          : { ...schema, properties: { ...schema.properties, body: kind.schema } };
      const payload = complete(form, inner);
      if (type === "session.welcome" && outer["session_id"] !== undefined) {
        join((payload as JsonObject)["session_id"] ?? outer["session_id"]);
      }
      const id = `${from === "client" ? "m" : "r"}_${(sent += 1)}`;
      const own = session ?? (from === "runtime" ? "sess_none" : undefined);
      let message: Json = {
        arcp: model.arcp,
        id,
        type,
        ...(own === undefined || type === "session.hello" ? {} : { session_id: own }),
        ...outer,
        payload,
      };
      for (const [pointer, value] of pointed) message = withValue(message, namesIn(pointer), value);
      if (from === "client" && replies.length > 0) pending.push({ id, type });
      return message as FuzzMessage;
    }

    /** The id of the oldest request that a message answers. */
    function answered(type: string, written: Json | undefined): string | undefined {
      const capture = captureIn(written);
      const known = capture === undefined ? undefined : bound.get(capture);
      const index = pending.findIndex(
        (one) =>
          (known === undefined || one.id === known) &&
          (type === "session.error" || rows.get(one.type)!.replies.includes(type)),
      );
      const [found] = index < 0 ? [] : pending.splice(index, 1);
      if (found !== undefined && capture !== undefined) bound.set(capture, found.id);
      return found?.id;
    }

    /** A welcome: the numbers of a session go on, those of another one begin. */
    function join(welcomed: Json | undefined): void {
      if (welcomed !== latest) captures.restart();
      latest = welcomed;
      session = welcomed;
    }

    function advance(step: SequenceStep): void {
      for (const [name, other] of Object.entries(step.becomes ?? {})) {
        const value = bound.get(other);
        if (value !== undefined) bound.set(name, value);
      }
      at += 1;
      made = undefined;
    }

    function enter(step: SequenceStep): Turn {
      for (const name of step.binds ?? []) bound.delete(name);
      if ("event" in step) {
        if (step.event === "connect") session = undefined;
        const { event, text } = step;
        return { do: "event", event, ...(text === undefined ? {} : { text }), step: at };
      }
      const { from } = step;
      if (side !== "both" && from !== side) {
        return { do: "receive", from, type: "type" in step ? step.type : "", step: at };
      }
      if ("text" in step) return { do: "send", from, frame: step.text, step: at };
      const message = messageOf(step);
      seen(message);
      return { do: "send", from, frame: JSON.stringify(message), message, step: at };
    }

    return {
      next() {
        if (made !== undefined && made.do === "receive") return made;
        const step = steps[at];
        if (step === undefined) return undefined;
        const turn = enter(step);
        if (turn.do === "receive") made = turn;
        else advance(step);
        return turn;
      },
      receive(value) {
        const step = steps[at];
        if (step === undefined || "event" in step || made?.do !== "receive") {
          throw new Error("nothing is waited for: ask next() first");
        }
        if ("text" in step) {
          advance(step);
          return undefined;
        }
        if (!isObject(value)) return `step ${at}: no message came in the place of ${step.type}`;
        const message = value;
        const { type } = message;
        if (type !== step.type) {
          const name = typeof type === "string" ? type : `a message of type ${shown(type)}`;
          return `step ${at}: ${name} came in the place of ${step.type}`;
        }
        const misfit = json(message);
        if (misfit !== undefined) return `step ${at}: ${sayMisfit(misfit)}`;
        const payload = isObject(message["payload"]) ? message["payload"] : {};
        const kind = kindIn(type, payload) ?? "";
        const form = messages.form(kinds.has(kind) ? kind : type, random);
        const [broken] = messages.failures(form, message);
        if (broken !== undefined) return `step ${at}: ${pointerOf(broken.names)} ${broken.keyword}`;
        if (step.type === "session.welcome") {
          join(message["session_id"] ?? payload["session_id"]);
        }
        const problem = first(
          Object.entries(step.members).map(([name, written]) => {
            // A runtime has the agents and the flags that it has.
            if (name === "capabilities") return undefined;
            if (name.startsWith("/"))
              return differs(written, valueAt(message, namesIn(name)), [name]);
            const outer = Object.hasOwn(envelope, name) ? message[name] : undefined;
            return differs(written, outer ?? payload[name], [name]);
          }),
        );
        seen(message);
        if (problem === undefined) advance(step);
        return problem === undefined ? undefined : `step ${at}, ${step.type}: ${problem}`;
      },
    };
  };
}

/** The kind of an event. A payload of another message may have such a member as well, which says nothing. */
function kindIn(type: string, { kind }: JsonObject): string | undefined {
  return type === EVENT && typeof kind === "string" ? kind : undefined;
}
