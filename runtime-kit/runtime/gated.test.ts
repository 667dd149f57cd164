/** What a session is told of only with a feature is what the table says that the feature gates. §6.2 */
import { describe, expect, it } from "vitest";
import { features } from "../../generated/current/index.js";
import type { Feature } from "../../generated/current/index.js";
import { testClock } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { disc, door, gateway } from "./credentials/gateway.test-helper.js";
import { defineAgent } from "./define.js";
import { rawClient } from "./raw-client.test-helper.js";

const ALL = Object.keys(features) as Feature[];

/** What a message or kind is told otherwise without the feature, and is in no table for it. */
const CONSEQUENCES: Partial<Record<Feature, readonly string[]>> = {
  heartbeat: ["session.welcome/heartbeat_interval_sec"],
  agent_versions: ["AgentInfo/name"],
  result_chunk: ["job.result/result_id", "job.result/result_size"],
};

/**
 * Everything that a client with these features is sent in the course of a job, as the table writes it. What the job may do
 * comes from the operator, for a client cannot ask for what it did not negotiate.
 */
async function told(negotiated: readonly Feature[]): Promise<Set<string>> {
  const { opened, open } = door();
  const agent = defineAgent({
    name: "a",
    version: "2.0.0",
    async run(_input, ctx) {
      await ctx.progress(1);
      await opened;
      await ctx.stream(["the result"]);
    },
  });
  const clock = testClock();
  const expires_at = "2100-01-01T00:00:00Z";
  const runtime = createRuntime({
    agents: [agent],
    auth: bearer({ tok: "me" }),
    credentials: gateway(),
    store: disc().next(),
    clock,
    policy: {
      lease: () => ({ lease: { "cost.budget": ["USD:1"] }, constraints: { expires_at } }),
    },
  });
  const client = await rawClient(runtime, [...negotiated]);
  client.send("job.submit", { agent: "a" });
  const { job_id } = await client.arrived("job.accepted");
  for (const [feature, type, payload, answer] of [
    ["heartbeat", "session.ping", { nonce: "n", sent_at: expires_at }, "session.pong"],
    ["list_jobs", "session.list_jobs", {}, "session.jobs"],
    ["subscribe", "job.subscribe", { job_id }, "job.subscribed"],
  ] as const) {
    if (!negotiated.includes(feature)) continue;
    client.send(type, payload);
    await client.arrived(answer);
  }
  open();
  await client.arrived("job.result");
  // Silence, after which a peer is asked whether it is there.
  await clock.advance(30_000);
  await runtime.close();
  const members = (of: string, value: unknown) =>
    Object.keys(value as object).map((name) => `${of}/${name}`);
  return new Set(
    client.seen.flatMap(({ type, payload }) => [
      type,
      ...members(type, payload),
      ...(type === "job.event" ? [payload["kind"] as string] : []),
      ...((payload["jobs"] ?? []) as object[]).flatMap((row) => members("JobSummary", row)),
      ...(
        (payload["capabilities"] as { readonly agents?: readonly object[] } | undefined)?.agents ??
        []
      ).flatMap((row) => members("AgentInfo", row)),
    ]),
  );
}

describe("HELLO-12 a session without a feature", () => {
  it.each(ALL)("is told nothing that %s gates, and all that it does not", async (feature) => {
    const [everything, rest] = await Promise.all([
      told(ALL),
      told(ALL.filter((other) => other !== feature)),
    ]);
    const gone = [...everything].filter((name) => !rest.has(name));
    const within = (name: string) => gone.includes(name.split("/")[0]!) && name.includes("/");
    const rows = (name: string) => name.startsWith("JobSummary/") && gone.includes("session.jobs");
    const { messages, kinds, fields } = features[feature];
    const gated = [...messages, ...kinds, ...fields].filter((name) => everything.has(name));
    const known = CONSEQUENCES[feature] ?? [];
    expect(
      gone.filter((name) => !within(name) && !rows(name) && !known.includes(name)).sort(),
    ).toEqual(gated.sort());
  });
});
