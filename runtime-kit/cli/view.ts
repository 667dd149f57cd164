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
  const warn = onceInARow(notice);
  let down = false;
  return {
    reconnecting: ({ error }) => {
      if (!down) notice(`connection lost: ${error.message}; trying again`);
      down = true;
    },
    resumed: () => {
      // A session that another process has left is taken up without having been lost.
      if (down) notice("connected again; nothing was lost");
      down = false;
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
    warning: (error) => warn(inCliWords(error.message)),
  };
}

/** Tells what is said again and again once, and then only at its 10th, 100th … time. */
function onceInARow(notice: (text: string) => void): (text: string) => void {
  let last: string | undefined;
  let count = 0;
  return (text) => {
    count = text === last ? count + 1 : 1;
    last = text;
    if (!Number.isInteger(Math.log10(count))) return;
    notice(count === 1 ? text : `${text} (${count} times by now)`);
  };
}
