/** A runtime as a program would host it; `durable` with the path of its file, else in memory. */
import { createRuntime, defineAgent } from "arcp";
import type { AgentContext } from "arcp";
import { serve } from "arcp/node";
import { decode } from "arcp/protocol";
import { sqlite } from "arcp/stores/sqlite";
import { message, paced, piecesOf, turn } from "../work.js";
import type { Inputs } from "../work.js";
import { answer, jobs, start } from "./answers.js";

const path = process.argv[2];

async function events({ count }: { readonly count: number }, ctx: AgentContext): Promise<void> {
  for (let at = 0; at < count; at += 1) await ctx.log("info", message(at));
}

const run: {
  readonly [A in keyof Inputs]: (input: Inputs[A], ctx: AgentContext) => unknown;
} = {
  events,
  backlog: events,
  async gated({ count, burst }, ctx) {
    await start.passed();
    if (burst) return events({ count }, ctx);
    for (let at = 0; at < count; at += 1) {
      await ctx.log("info", message(at));
      await turn();
    }
  },
  echo: (input) => input,
  stream: ({ bytes }, ctx) => ctx.stream(piecesOf(bytes)),
  paced: (input, ctx) => paced(input, (at) => void ctx.log("info", message(at))),
};

const agents = (Object.keys(run) as (keyof Inputs)[]).map((name) =>
  defineAgent({
    name,
    async run(input, ctx) {
      try {
        return await run[name](input as never, ctx);
      } finally {
        jobs.ended += 1;
      }
    },
  }),
);

const runtime = createRuntime({
  agents,
  // Each token its own principal, so that many sessions meet no cap of one.
  auth: (token) => token,
  policy: { observe: () => "allow" },
  // What one client can submit is what is measured.
  limits: { maxSubmitsPerSecond: Infinity },
  ...(path === undefined ? {} : { store: sqlite(path) }),
});
const server = await serve(runtime, { port: 0 });

const frame = JSON.stringify({
  arcp: "1.1",
  id: "msg_01JABCDEFGHJKMNPQRSTVWXYZ0",
  type: "job.event",
  session_id: "sess_01JABCDEFGHJKMNPQRSTVWXYZ0",
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  job_id: "job_01JABCDEFGHJKMNPQRSTVWXYZ0",
  event_seq: 1,
  payload: {
    job_id: "job_01JABCDEFGHJKMNPQRSTVWXYZ0",
    kind: "log",
    ts: new Date().toISOString(),
    body: { level: "info", message: message(1) },
  },
});
answer(
  server.url,
  frame,
  (text) => decode(text),
  () => server.close(),
);
