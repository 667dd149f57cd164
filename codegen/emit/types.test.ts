/**
 * What the compiler has to say about `generated/`: `tsc` fails where an expectation of this file does
 * not hold. Running it proves only that it loads.
 */
// oxlint-disable unicorn/consistent-function-scoping -- each function is there for the compiler alone
import { describe, expectTypeOf, it } from "vitest";
import { dispatchToRuntime, isKnownEvent, validateMessage } from "../../generated/current/index.js";
import type {
  ClientToRuntime,
  ErrorCode,
  EventBody,
  JobEvent,
  JobEventPayload,
  JobId,
  Lease,
  Message,
  MessageType,
  PayloadOf,
  RequirementId,
  RuntimeHandlers,
  RuntimeToClient,
  SessionId,
  UnknownEvent,
  UnknownMessage,
} from "../../generated/current/index.js";
import type { errors, requirements } from "../../generated/current/index.js";

const head = { arcp: "1.1", id: "msg_1" } as const;

describe("the types of generated/", () => {
  it("take a literal for an id, and never one id for another", () => {
    const job: JobId = "job_1";
    expectTypeOf(job).toExtend<string>();
    // @ts-expect-error a job is not a session
    const session: SessionId = job;
    void session;
    expectTypeOf<JobId>().not.toExtend<SessionId>();
  });

  it("tell messages apart by `type`", () => {
    const read = (message: RuntimeToClient): string | undefined => {
      if (message.type === "job.accepted") return message.payload.agent;
      if (message.type === "job.event") return message.payload.kind;
      // @ts-expect-error not every message has a reason
      return message.payload.reason;
    };
    void read;
    expectTypeOf<Extract<ClientToRuntime, { type: "job.submit" }>>().toEqualTypeOf<
      Message<"job.submit">
    >();
    expectTypeOf<ClientToRuntime["type"] & RuntimeToClient["type"]>().toEqualTypeOf<
      "session.ping" | "session.pong" | "session.bye"
    >();
    expectTypeOf<ClientToRuntime["type"] | RuntimeToClient["type"]>().toEqualTypeOf<MessageType>();
  });

  it("want the job of a job message and the number of a numbered one", () => {
    // @ts-expect-error job_id is missing
    const cancel: Message<"job.cancel"> = { ...head, type: "job.cancel", payload: {} };
    const good: Message<"job.cancel"> = {
      ...head,
      type: "job.cancel",
      job_id: "job_1",
      payload: {},
    };
    void [cancel, good];
    expectTypeOf<Message<"job.result">["event_seq"]>().toEqualTypeOf<number>();
    expectTypeOf<Message<"job.submit">["event_seq"]>().toEqualTypeOf<number | undefined>();
  });

  it("are closed for what is sent: no unknown member, no `undefined` for an absent one", () => {
    const submit = (payload: PayloadOf<"job.submit">): void => void payload;
    submit({ agent: "a", input: { anything: [1] } });
    // @ts-expect-error no such member
    submit({ agent: "a", agnet: "b" });
    // @ts-expect-error absent is not undefined
    submit({ agent: "a", idempotency_key: undefined });
    // @ts-expect-error the agent is required
    submit({ input: 1 });
  });

  it("are open for what is received", () => {
    const result = validateMessage({});
    if (result.kind === "known") expectTypeOf(result.message).toEqualTypeOf<Message>();
    if (result.kind === "unknown") expectTypeOf(result.message.type).toEqualTypeOf<string>();
    expectTypeOf<UnknownMessage["payload"]>().toEqualTypeOf<{ readonly [k: string]: unknown }>();
    const event = {} as JobEvent | UnknownEvent;
    if (isKnownEvent(event) && event.kind === "progress") {
      expectTypeOf(event.body.current).toEqualTypeOf<number>();
    }
  });

  it("tell events apart by `kind`", () => {
    const read = (event: JobEvent): unknown => {
      switch (event.kind) {
        case "log":
          return event.body.message.length;
        case "metric":
          return event.body.value.toFixed(1);
        default:
          // @ts-expect-error the kinds that are left have no level
          return event.body.level;
      }
    };
    void read;
    expectTypeOf<JobEventPayload<"thought">["body"]>().toEqualTypeOf<EventBody<"thought">>();
    expectTypeOf<Message<"job.event">["payload"]>().toEqualTypeOf<JobEvent>();
  });

  it("are readonly, however deep", () => {
    const change = (message: Message<"session.hello">, lease: Lease): void => {
      // @ts-expect-error readonly
      message.payload.client.name = "other";
      // @ts-expect-error readonly
      message.payload.capabilities?.features?.push("ack");
      // @ts-expect-error readonly
      lease["fs.read"] = [];
    };
    void change;
  });

  it("want a handler for every message", () => {
    const partial = { "job.submit": () => 1 };
    // @ts-expect-error all the others are missing
    const handlers: RuntimeHandlers<[], number> = partial;
    void handlers;
    const dispatch = (
      all: RuntimeHandlers<[now: number], string>,
      message: ClientToRuntime,
    ): string => dispatchToRuntime(all, message, 5);
    void dispatch;
    // @ts-expect-error a runtime receives no events
    const wrong = (message: Message<"job.event">): ClientToRuntime => message;
    void wrong;
  });

  it("know codes and requirements by name", () => {
    expectTypeOf<keyof typeof errors>().toEqualTypeOf<ErrorCode>();
    expectTypeOf<(typeof requirements)["SUB-01"]["side"]>().toExtend<
      "runtime" | "client" | "both" | "agent" | "operator"
    >();
    // @ts-expect-error no such requirement
    const id: RequirementId = "NOPE-01";
    void id;
  });
});
