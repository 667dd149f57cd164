/** Servers of the benchmark, each in a process of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Answers, Question } from "./work.js";

/** Who is measured: the ceiling, and a runtime with either store. */
export type Subject = "ceiling" | "memory" | "durable";

/** A server that runs. */
export interface Server {
  readonly url: string;
  ask(question: Question["ask"]): Promise<Answers>;
  close(): Promise<void>;
}

/** How servers are started. */
export interface Surroundings {
  /** Where files go. */
  readonly folder: string;
  /** Where CPU profiles of the servers go; none are made without it. */
  readonly profiles?: string | undefined;
}

let started = 0;

/** Starts a server; resolves when it listens. */
export async function start(subject: Subject, { folder, profiles }: Surroundings): Promise<Server> {
  started += 1;
  const file = subject === "ceiling" ? "ceiling.ts" : "runtime.ts";
  const args = subject === "durable" ? [join(folder, `${started}.sqlite`)] : [];
  const name = `${started}-${subject}`;
  const profiling =
    profiles === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-dir", join(profiles, name), "--cpu-prof-interval", "500"];
  const child = fork(join(import.meta.dirname, "servers", file), args, {
    execArgv: ["--import", "tsx", "--expose-gc", ...profiling],
  });
  const ended = once(child, "exit");
  const answered = async <T>(): Promise<T> => {
    const over = ended.then(([code]) => {
      throw new Error(`the server ${subject} ended (${String(code)}) while it was measured`);
    });
    return (await Promise.race([once(child, "message"), over]))[0] as T;
  };
  const url = await answered<string>();
  return {
    url,
    ask(ask) {
      const answer = answered<Answers>();
      child.send({ ask } satisfies Question);
      return answer;
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
