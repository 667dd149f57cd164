/** A runtime that is a child of the examination: what can go wrong before its first message. */
import { decode } from "../../wire/decode.js";
import { Exit } from "../exit.js";
import { clip } from "../text.js";
import { StepFailed, StepSkipped } from "./step.js";
import type { Steps } from "./step.js";
import type { Tap } from "./tap.js";

/** What to say where no welcome comes. */
interface Words {
  readonly silent: { readonly message: string; readonly advice: string };
  readonly look: string;
}

export const ADDRESS_WORDS: Words = {
  silent: {
    message: "what answers there speaks WebSocket, but did not answer a hello",
    advice: "look at the URL, the path too: this may be another service than an ARCP runtime",
  },
  look: "look at the URL, the path too",
};

export const CHILD_WORDS: Words = {
  silent: {
    message: "it wrote, but did not answer a hello",
    advice: "look at the command: this may be another program than an ARCP runtime",
  },
  look: "look at the command",
};

/**
 * Starts it and says hello, without which it would have no reason to say anything. Gives what came of the hello, which
 * is a step of its own.
 */
export async function startChild<Line>(
  steps: Steps,
  tap: Tap,
  greet: (signal: AbortSignal) => Promise<Line>,
): Promise<() => Promise<Line>> {
  let line: Promise<Line> | undefined;
  const leave = new AbortController();
  await steps.take("start", {
    late: {
      message: "it was started, and said nothing on its standard output",
      advice:
        "does it speak ARCP there? `arcp serve` does with --stdio; what buffers its output has to flush each line",
    },
    run: async (signal) => {
      signal.addEventListener("abort", () => leave.abort(), { once: true });
      await tap.open(signal).catch((error: Error) => {
        throw new StepFailed(error.message, "look at the command");
      });
      line = greet(leave.signal);
      // Told in its own step; what ends it before has a better word for it.
      line.catch(() => undefined);
      const first = await tap.first;
      if (typeof first === "string") return;
      const how = first.reason === "" ? "it ended its output" : first.reason;
      throw new StepFailed(
        `there was no line before the end: ${how}`,
        "run the command by hand in this folder, and look at its standard error (ARCP_DEBUG=1 shows it)",
      );
    },
    tell: () => ({ detail: "it was started, and answers" }),
  });
  await steps.take("stdout", {
    optional: true,
    late: { message: "no answer", advice: "" },
    run: async () => {
      const first = await tap.first;
      if (typeof first !== "string" || decode(first).ok) return;
      throw new StepFailed(
        `the first line on its standard output is no message: ${clip(first, 60)}`,
        "have it write its log to standard error: standard output is for messages, and other clients give up there",
        Exit.Unexpected,
      );
    },
    tell: () => ({ detail: "the first line is a message" }),
  });
  return () => line!;
}

/** A child has one connection, and ends with it. */
export async function noResume(): Promise<never> {
  throw new StepSkipped(
    "a child ends with its connection: started again it knows sessions and jobs only if it keeps them in a file",
  );
}
