/** The drafts that a peer can speak, as their own generated code knows them. §5.5 */
import * as draft02 from "../../generated/draft-02/index.js";
import * as draft021 from "../../generated/draft-02.1/index.js";
import * as newest from "../../generated/current/index.js";
import type { WireMessage } from "./message.js";

/** What the suite needs of one draft's generated code. */
interface Generated {
  readonly PROTOCOL_VERSION: string;
  readonly validateMessage: (value: unknown) => {
    readonly kind: "known" | "unknown" | "invalid";
    readonly problems?: readonly { readonly path: string; readonly code: string }[];
  };
  readonly validateEventBody: (kind: string, body: unknown) => readonly unknown[] | undefined;
}

/** A draft. */
export interface Revision extends Generated {
  readonly name: string;
  /** The features that a peer of it can have. */
  readonly features: readonly string[];
}

/** The one whose runtimes and clients are under test. */
export const current: Revision = {
  ...newest,
  name: newest.DRAFT,
  features: Object.values(newest.Feature),
};
/** Draft 02, version 1.0. */
export const older02: Revision = { ...draft02, name: "02", features: [] };
/** Draft 02.1, the first of version 1.1. */
export const older021: Revision = {
  ...draft021,
  name: "02.1",
  features: Object.values(draft021.Feature),
};

/** What is wrong with a message for a peer that knows this draft alone; `undefined` for nothing. */
export function strangeTo(draft: Revision, message: WireMessage): string | undefined {
  const { kind, problems } = draft.validateMessage(message);
  if (kind === "unknown") return `draft ${draft.name} has no ${message.type}`;
  if (kind === "invalid") {
    const words = problems?.map(({ path, code }) => `${path} ${code}`).join(", ");
    return `no ${message.type} of draft ${draft.name}: ${words}`;
  }
  const event = String(message.payload["kind"]);
  // A vendor's kinds are none of any draft, and every draft lets them be.
  if (message.type !== "job.event" || event.startsWith("x-vendor.")) return undefined;
  const found = draft.validateEventBody(event, message.payload["body"]);
  if (found === undefined) return `draft ${draft.name} has no events of kind ${event}`;
  return found.length === 0 ? undefined : `no ${event} event of draft ${draft.name}`;
}
