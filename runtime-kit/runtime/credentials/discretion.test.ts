/** What a peer sends may hold a key of its own, by a slip: neither the log nor an answer repeats it. §9.8.4 */
import { describe, expect, it } from "vitest";
import { bearer } from "../auth.js";
import { createRuntime } from "../create.js";
import { aborted, agentOf, rawClient } from "../raw-client.test-helper.js";
import { CANARY, disc, gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "subscribe", "list_jobs", "agent_versions"];

/** A client whose job has a key, what was logged, and another client that knows it. */
async function setUp() {
  const lines: string[] = [];
  const note = (...words: unknown[]) => void lines.push(JSON.stringify(words));
  const upstream = gateway();
  const runtime = createRuntime({
    agents: [agentOf((_input, ctx) => aborted(ctx))],
    auth: bearer({ tok: "me", theirs: "somebody" }),
    credentials: upstream,
    policy: { observe: () => "hide" },
    logger: { debug: note, info: note, warn: note, error: note },
    store: disc().next(),
  });
  const client = await rawClient(runtime, FEATURES);
  await client.send("job.submit", { agent: "a" });
  const { job_id: id } = await client.arrived("job.accepted");
  const [value] = upstream.live;
  const other = await rawClient(runtime, FEATURES, { token: "theirs" });
  return { client, id: id!, value: value!, other, lines, runtime, upstream };
}

type Client = Awaited<ReturnType<typeof rawClient>>;

/** Requests with a value at each place that is looked at; each is answered with an error. */
const REQUESTS: readonly [string, (client: Client, value: string, id: string) => unknown][] = [
  ["the job to look at", (c, v) => c.send("job.subscribe", { job_id: v }, { job_id: v as never })],
  ["the job to cancel", (c, v) => c.send("job.cancel", {}, { job_id: v as never })],
  ["the type of a message", (c, v) => c.send(v, {})],
  [
    "the name of a member",
    (c, v) => c.send("job.submit", { agent: "a", lease_request: { [v]: 1 } }),
  ],
  ["a namespace", (c, v) => c.send("job.submit", { agent: "a", lease_request: { [v]: ["x"] } })],
  ["a bound", (c, v) => c.send("job.submit", { agent: "a", lease_constraints: { [v]: 1 } })],
  ["an agent", (c, v) => c.send("job.submit", { agent: v })],
  ["a version", (c, v) => c.send("job.submit", { agent: `a@${v}` })],
  ["a cursor", (c, v) => c.send("session.list_jobs", { cursor: v })],
  ["a parent", (c, v) => c.send("job.submit", { agent: "a", parent_job_id: v })],
];

describe("CRED-25 SEC-14 a value that a peer sends as", () => {
  it.each(REQUESTS)("%s is repeated neither to it nor in the log", async (_, ask) => {
    const { client, other, value, id, lines } = await setUp();
    const seen = client.seen.length;
    await ask(client, value, id);
    await client.arrived("session.error");
    expect(JSON.stringify(client.seen.slice(seen))).not.toContain(CANARY);
    // Whoever else has it is told what it sent, as anybody is; the log is everybody's.
    await ask(other, value, id);
    await other.arrived("session.error");
    expect(lines.join()).not.toContain(CANARY);
  });

  it("something that is cut off is repeated not even as far", async () => {
    const { client, lines, upstream } = await setUp();
    const long = `${CANARY}"${"0123456789".repeat(11)}`;
    upstream.issued = ({ credentials: [one] }) => ({ credentials: [{ ...one, value: long }] });
    await client.send("job.submit", { agent: "a" });
    await client.arrived("job.accepted", 2);
    const seen = client.seen.length;
    await client.send(long, {});
    await client.send("job.subscribe", { job_id: long }, { job_id: long as never });
    await client.arrived("session.error", 2);
    const told = JSON.stringify(client.seen.slice(seen));
    expect(told).toContain("(redacted)…");
    expect(told).not.toContain(CANARY);
    expect(lines.join()).toContain("asked to look at a job");
    expect(lines.join()).not.toContain(CANARY);
  });

  it("a session to resume is not in the log", async () => {
    const { runtime, value, lines } = await setUp();
    const resume = { session_id: value, resume_token: "rt_x", last_event_seq: 0 };
    await expect(rawClient(runtime, FEATURES, { resume })).rejects.toThrow();
    expect(lines.join()).toContain("resume refused");
    expect(lines.join()).not.toContain(CANARY);
  });

  it("is told of as it came where it is nobody's", async () => {
    const { client, lines } = await setUp();
    await client.send("job.nonsense", {});
    expect((await client.arrived("session.error")).payload["message"]).toContain("job.nonsense");
    await client.send("job.subscribe", { job_id: "job_x" }, { job_id: "job_x" as never });
    await client.arrived("session.error", 2);
    expect(lines.join()).toContain("job_x");
  });
});
