import type { JobId } from "../../generated/current/index.js";
import { ArcpError } from "../wire/errors.js";
import type { Logger } from "../wire/logger.js";
import { inWords } from "./failures.js";
import type { Asker } from "./live.js";

/** A request, as far as it is named to whoever is refused it. */
export interface Asked {
  readonly id: string;
  readonly type: string;
  readonly job_id?: JobId | undefined;
}

/** Looks at a request when those that its session sent before have been looked at, submits among them (W-05). */
export type InTurn = (asker: Asker, message: Asked, look: () => Promise<void> | void) => void;

/** Looking may fail, which is ours and no fault of the request: then it is refused, and logged. */
export function createInTurn(options: {
  readonly logger: Logger;
  readonly refuse: (asker: Asker, requestId: string, error: ArcpError, jobId?: JobId) => void;
}): InTurn {
  return (asker, { id, type, job_id: job }, look) => {
    const { session } = asker;
    const former = session.submitting === 0 ? undefined : session.submits;
    const looked = async () => {
      try {
        // A turn less where nothing has to be waited for.
        if (former !== undefined) await former;
        await look();
      } catch (error) {
        const text = `the ${type} could not be looked at`;
        options.logger.error({ error: inWords(error) }, text);
        options.refuse(asker, id, new ArcpError("INTERNAL_ERROR", text), job);
      } finally {
        session.submitting -= 1;
      }
    };
    session.submitting += 1;
    session.submits = looked();
  };
}
