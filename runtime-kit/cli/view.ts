import type { ClientListeners, Job, ReceivedEvent } from "../client/index.js";
import { inCliWords } from "./report.js";

/** What a person or a program sees of a job before its result. */
export interface View {
  /** Whether everything, the result too, is told as NDJSON. */
  readonly records: boolean;
  readonly listeners: ClientListeners;
  accepted(job: Job): Promise<void>;
  event(event: ReceivedEvent): Promise<void>;
  /** Something about the connection or the command, not of the job. */
  notice(text: string): void;
  /** Leaves the screen to what comes next. */
  close(): void;
}

/** The connection's news in words. */
export function listenersOf(notice: (text: string) => void): ClientListeners {
  let down = false;
  return {
    reconnecting: ({ error }) => {
      if (!down) notice(`connection lost: ${error.message}; trying again`);
      down = true;
    },
    resumed: () => {
      down = false;
      notice("connected again; nothing was lost");
    },
    gap: ({ jobs, lastSeq, nextSeq }) => {
      down = false;
      if (nextSeq !== undefined) {
        notice(`events ${lastSeq + 1} to ${nextSeq - 1} were lost: the runtime left them out`);
      } else if (jobs.length === 0) {
        notice("connected again, in a new session");
      }
      // Of a job that was cut off the command tells itself, and ends.
    },
    warning: (error) => notice(inCliWords(error.message)),
  };
}
