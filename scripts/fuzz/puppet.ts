import type { AgentContext } from "../../runtime-kit/index.js";

type Body = Readonly<Record<string, unknown>>;

/** What an agent is told to do. */
export type Command =
  | { readonly do: "start" | "return" | "fail" }
  | { readonly do: "event"; readonly kind: string; readonly body: Body };

/** An agent that does what it is told, and ends when it is cancelled. */
export interface Puppet {
  readonly run: (input: unknown, context: AgentContext) => Promise<unknown>;
  /** The job that began last, once one has. */
  latest(): { take(command: Command): void } | undefined;
}

/** An agent for all jobs of a sequence. */
export function puppet(): Puppet {
  const jobs: { take(command: Command): void }[] = [];
  return {
    latest: () => jobs.at(-1),
    async run(_input, context) {
      const queue: Command[] = [];
      let wake = (): void => {};
      jobs.push({
        take(command) {
          queue.push(command);
          wake();
        },
      });
      const cancelled = new Promise<void>((resolve) => {
        context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      for (;;) {
        const command = queue.shift();
        if (command?.do === "start") context.status("running");
        else if (command?.do === "event") report(context, command.kind, command.body);
        else if (command?.do === "return") return 1;
        else if (command?.do === "fail") throw new Error("it was told to");
        else await Promise.race([new Promise<void>((resolve) => (wake = resolve)), cancelled]);
        if (context.signal.aborted) throw context.signal.reason;
      }
    },
  };
}

/** Has an agent report an event as a trace shows it. */
function report(context: AgentContext, kind: string, body: Body): void {
  const text = (name: string): string => String(body[name]);
  switch (kind) {
    case "status":
      context.status(text("phase"));
      return;
    case "log":
      context.log(text("level"), text("message"));
      return;
    case "thought":
      context.thought(text("text"));
      return;
    case "metric":
      context.metric(text("name"), Number(body["value"]), body["unit"] as string | undefined);
      return;
    case "artifact_ref":
      context.artifact(body as never);
      return;
    default:
      throw new Error(`a puppet reports no ${kind}`);
  }
}
