/** What becomes known of what an agent says that has a key: in the store, and to who looks on. */
import { scriptedClient } from "../../testing/index.js";
import type { SeenMessage } from "../../testing/index.js";
import type { Store } from "../../stores/port.js";
import { bearer } from "../auth.js";
import type { AgentContext } from "../context.js";
import { createRuntime } from "../create.js";
import { agentOf, rawClient } from "../raw-client.test-helper.js";
import { disc, gateway } from "./gateway.test-helper.js";
import type { Gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "result_chunk", "progress", "subscribe"];

/** Runs an agent that has a key; gives what is stored of its job, what somebody else was told, and how it ended. */
export async function told(
  run: (value: string, ctx: AgentContext) => unknown,
  {
    upstream = gateway(),
    features = FEATURES,
    store = disc().next(),
  }: { upstream?: Gateway; features?: string[]; store?: Store } = {},
) {
  const runtime = createRuntime({
    agents: [agentOf((_input, ctx) => run(ctx.credential().value, ctx))],
    auth: bearer({ tok: "me", other: "somebody" }),
    credentials: upstream,
    policy: { observe: () => "allow" },
    store,
  });
  const client = await rawClient(runtime, features);
  await client.send("job.submit", {
    agent: "a",
    lease_request: { "tool.call": ["**"], "agent.delegate": ["**"] },
  });
  const { job_id: id } = await client.arrived("job.accepted");
  await client.until(() => client.seen.some(isEnd));
  const end = client.seen.find(isEnd)!;
  const watcher = scriptedClient(runtime);
  await watcher.hello({ token: "other", features: ["subscribe", "result_chunk"] });
  const whole = { history: true, from_event_seq: 0 };
  watcher.send("job.subscribe", { job_id: id!, ...whole }, { job_id: id! });
  await watcher.until(() => watcher.seen.some(isEnd));
  const log = await store.readLog(id as never, 0, 1_000);
  const bodies = log.map(({ body }) => body);
  const decoded = Buffer.concat(bodies.flatMap(pieceIn)).toString();
  const everything = [...bodies, decoded, JSON.stringify(watcher.seen)].join("\n");
  const values = [...upstream.requests.keys()].map((at) => `sk-canary-${at + 1}`);
  await runtime.close();
  return { everything, decoded, end: end.payload, values };
}

const isEnd = ({ type }: SeenMessage) => type === "job.result" || type === "job.error";

function pieceIn(body: string): Buffer[] {
  const parsed = JSON.parse(body) as { kind?: string; body?: { data: string; encoding: string } };
  if (parsed.kind !== "result_chunk" || parsed.body === undefined) return [];
  return [Buffer.from(parsed.body.data, parsed.body.encoding === "utf8" ? "utf8" : "base64")];
}

export const bytes = (text: string) => new TextEncoder().encode(text);

/** Says something, and goes on where that is refused. */
export const trying = async (say: () => unknown): Promise<void> => {
  try {
    await say();
  } catch {
    // Refused: what is stored is looked at.
  }
};
