import type { SessionId } from "../../generated/current/index.js";
import type { RuntimeDraft } from "../wire/draft.js";
import type { Credentials } from "./credentials/credentials.js";
import { acceptedDraft } from "./job-replies.js";
import type { Connection, LiveJob, LiveSession } from "./live.js";

/**
 * Says in a session that a job was delegated, at entry `index` of its parent's log: behind that entry, or at once where no
 * place is given. Nothing is said where nobody is connected; an answer to nobody, it is not said again. §10 (DEL-02)
 */
export type Announce = (
  to: SessionId,
  child: LiveJob,
  place?: { readonly parent: LiveJob; readonly index: number },
) => void;

export function createAnnounce(options: {
  readonly session: (id: SessionId) => LiveSession | undefined;
  readonly send: (connection: Connection, draft: RuntimeDraft) => void;
  readonly credentials: () => Pick<Credentials, "shown">;
}): Announce {
  return (to, child, place) => {
    const session = options.session(to);
    const connection = session?.connection;
    if (session === undefined || connection === undefined) return;
    // W-34: with the credentials of the moment in which it is sent.
    const draft = () => {
      const shown = options.credentials().shown({ session, connection }, child.state);
      const { features } = session.state;
      return acceptedDraft({ ...child.state, requestId: undefined }, { features, shown });
    };
    const { delivery } = session;
    const seq = place && seqOf(to, place);
    if (delivery === undefined || seq === undefined || delivery.cursor >= seq) {
      return options.send(connection, draft());
    }
    delivery.behind ??= new Map();
    delivery.behind.set(seq, [...(delivery.behind.get(seq) ?? []), draft]);
  };
}

/** The number behind which it is said; `undefined` if the session was not given that entry. */
function seqOf(
  session: SessionId,
  { parent, index }: { readonly parent: LiveJob; readonly index: number },
): number | undefined {
  const reader = parent.readers.get(session);
  if (reader === undefined || reader.next <= index) return undefined;
  // Who is given all entries has numbers that follow each other; for others it is said behind all that there is.
  return reader.whole ? reader.lastSeq - (reader.next - 1 - index) : reader.lastSeq;
}
