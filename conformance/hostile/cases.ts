/** Hostile inputs as `vectors/hostile.json` has them; its README says what the words mean. */
import { joined, type Text } from "../vectors.js";

/** What is sent: a frame of text, a message (its envelope is completed), or bytes as they are. */
export type Sent =
  Text | { readonly hex: Text } | { readonly message: Readonly<Record<string, unknown>> };

/** One input, on a connection of its own, and the answer that a runtime has to give. */
export interface Hostile {
  readonly id: string;
  readonly attack: string;
  /** Where it comes: in the place of an upgrade, of the hello, or in a session. */
  readonly at: "upgrade" | "hello" | "session";
  /** The transport that alone can carry it; both where it is absent. */
  readonly on?: "websocket" | "stdio";
  readonly send: readonly Sent[];
  /** A status, the code of an error, `closed` and a close code, `ignored`, or the type of what a twin is answered. */
  readonly answer: string;
}

/** What a connection knows that a case may name, as in `${session}`. */
export type Names = Readonly<Record<string, string>>;

/** As it goes on the wire: text for a frame, or bytes. */
export function filled(sent: Sent, names: Names): string | Buffer {
  if (typeof sent === "string" || Array.isArray(sent)) return named(joined(sent as Text), names);
  if ("hex" in sent) return Buffer.from(joined(sent.hex).replaceAll(" ", ""), "hex");
  const { message } = sent as { readonly message: Readonly<Record<string, unknown>> };
  return named(JSON.stringify({ arcp: "1.1", id: "hostile", ...message }), names);
}

function named(text: string, names: Names): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => names[name] ?? all);
}
