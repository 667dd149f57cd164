/** Section 5.2: text and numbers as the runtime writes them. Section 5.4: names of its own. */
import { EventKind, MessageType, Namespace } from "../../generated/current/constants.js";
import { isRecord, jobIdOf, unreadable } from "../peer/message.js";
import { helloPayload } from "../peer/session.js";
import { check } from "../run/check.js";
import { busy } from "./5-envelope.js";
import { R0, R2 } from "./support.js";

/** All numbers in a value, but for what belongs to agents. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (!isRecord(value)) return [];
  const own = Object.entries(value).filter(([name]) => name !== "result" && name !== "body");
  return own.flatMap(([, member]) => numbersIn(member));
}

/** Checks of section 5.2. */
export const textChecks = [
  check(
    {
      id: "runtime/5.2/text-is-utf8",
      requirements: ["ENC-03"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["text-in-latin-1"],
    },
    async (t) => {
      const peer = await t.session();
      const value = "é ÿ 日本語 😀 \u{10ffff}";
      const job = await t.succeed(peer, [{ op: "return", value }]);
      t.equal(job.end.message.payload.result, value, "a text that went in and came out");
      // Half a character can be written in JSON, and is no text: whatever becomes of it, no bytes may be wrong.
      const half = t.program([{ op: "return", value: "half \ud83d" }]);
      const answer = await peer.request("job.submit", half, "job.accepted");
      if (answer.message.type === "job.accepted") await t.accepted(peer, answer).terminal();
      await peer.fence();
      for (const { binary, text, message } of peer.frames) {
        const readable = !binary && message.type !== unreadable;
        t.ok(readable, `no text in UTF-8: ${text.slice(0, 100)}`);
      }
    },
  ),
  check(
    {
      id: "runtime/5.2/integers-fit",
      requirements: ["ENC-04", "ENC-05"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["huge-numbers"],
    },
    async (t) => {
      for (const { message, text } of (await busy(t)).frames) {
        for (const number of numbersIn(message).filter(Number.isInteger)) {
          const at = `${number} in ${text.slice(0, 200)}`;
          t.ok(Math.abs(number) < 2 ** 63, `an integer that needs more than 64 bits: ${at}`);
          t.should(Number.isSafeInteger(number), `an integer that not every reader holds: ${at}`);
        }
      }
    },
  ),
  check(
    {
      id: "runtime/5.2/further-encodings-have-no-effect",
      requirements: ["ENC-02"],
      level: "MUST",
      basis: "derived",
      needs: R0,
      mutants: ["one-encoding-only"],
    },
    async (t) => {
      const peer = await t.connect();
      const capabilities = { encodings: ["json", "x-vendor.conformance.none"], features: [] };
      peer.send("session.hello", { ...helloPayload(t.helloOptions()), capabilities });
      const welcome = await peer.expect(["session.welcome", "session.error"]);
      t.equal(welcome.message.type, "session.welcome", "answer to a hello with two encodings");
    },
  ),
  check(
    {
      id: "runtime/5.4/own-names-have-a-prefix",
      requirements: ["ENC-24", "ENC-25", "IANA-01"],
      level: "SHOULD",
      basis: "explicit",
      needs: R2,
      mutants: ["types-of-its-own", "kinds-of-its-own", "extensions-of-its-own"],
    },
    async (t) => {
      const peer = await busy(t);
      const isVendors = (name: string) => name.startsWith("x-vendor.");
      const known = (names: Readonly<Record<string, string>>, name: string) =>
        Object.values(names).includes(name) || isVendors(name);
      for (const { message } of peer.frames) {
        const { type, payload, extensions } = message;
        t.ok(known(MessageType, type), `a type of its own: ${type}`);
        const kind = type === "job.event" ? String(payload.kind) : "log";
        t.ok(known(EventKind, kind), `a kind of its own: ${kind}`);
        const lease = isRecord(payload.lease) ? Object.keys(payload.lease) : [];
        for (const name of lease) t.ok(known(Namespace, name), `a namespace of its own: ${name}`);
        const names = isRecord(extensions) ? Object.keys(extensions) : [];
        for (const name of names) t.ok(isVendors(name), `an extension called ${name}`);
      }
      t.ok(
        peer.frames.some(({ message }) => jobIdOf(message) !== undefined),
        "no job was seen",
      );
    },
  ),
] as const;
