/** The steps of a session in the table of §6 are those that a runtime takes, as its clients see them. */
import { describe, expect, it } from "vitest";
import { sessionLifecycle } from "../../generated/current/index.js";
import type { SessionPhase } from "../../generated/current/index.js";
import { scriptedClient, testClock } from "../testing/index.js";
import type { SeenMessage } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";
import { rawClient } from "./raw-client.test-helper.js";

type Client = Awaited<ReturnType<typeof rawClient>>;

const HELLO = { client: { name: "raw", version: "1" }, auth: { scheme: "bearer", token: "tok" } };
const WINDOW_MS = 600_000;

function setUp() {
  const clock = testClock();
  const runtime = createRuntime({ clock, auth: bearer({ tok: "me" }) });
  const attached = (more: object = {}) => rawClient(runtime, [], more);
  const detached = async () => {
    const client = await attached();
    client.drop();
    await client.end();
    return client;
  };
  const closed = async () => {
    const client = await attached();
    client.send("session.close");
    await client.end();
    return client;
  };
  return { clock, runtime, attached, detached, closed };
}

const resumeOf = ({ seen }: Client) => {
  const { session_id, resume_token } = (seen[0] as SeenMessage).payload;
  return { session_id, resume_token, last_event_seq: 0 };
};

/** Where the session of a client is. Asking it of one without a connection resumes it, where that is possible. */
async function phaseOf(client: Client): Promise<SessionPhase> {
  if (client.ended === undefined) return "attached";
  const other = scriptedClient(client.runtime);
  other.send("session.hello", { ...HELLO, resume: resumeOf(client) });
  await other.until(() => other.seen.length > 0);
  if (other.seen[0]!.type !== "session.welcome") return "expired";
  return client.seen.some(({ type }) => type === "session.closed") ? "closed" : "detached";
}

/** For each step of the table: what makes it, and where that leads. */
const steps: Readonly<Record<string, () => Promise<SessionPhase>>> = {
  async "greeting hello"() {
    return phaseOf(await setUp().attached());
  },
  async "greeting refuse"() {
    const client = scriptedClient(setUp().runtime);
    client.send("session.hello", { ...HELLO, auth: { scheme: "bearer", token: "wrong" } });
    await client.end();
    return client.seen.some(({ type }) => type === "session.welcome") ? "attached" : "refused";
  },
  async "attached drop"() {
    return phaseOf(await setUp().detached());
  },
  async "attached close"() {
    return phaseOf(await setUp().closed());
  },
  async "attached resume"() {
    const { attached } = setUp();
    const client = await attached();
    const again = await attached({ resume: resumeOf(client) });
    await client.end();
    return phaseOf(again);
  },
  async "attached discard"() {
    const { attached, detached } = setUp();
    const old = await detached();
    const empty = await attached();
    empty.send("session.resume", resumeOf(old));
    await empty.arrived("session.welcome", 2);
    empty.drop();
    await empty.end();
    // What its first welcome named is the session that it gave up.
    return phaseOf(empty);
  },
  async "detached resume"() {
    const { attached, detached } = setUp();
    return phaseOf(await attached({ resume: resumeOf(await detached()) }));
  },
  async "closed resume"() {
    const { attached, closed } = setUp();
    return phaseOf(await attached({ resume: resumeOf(await closed()) }));
  },
  async "detached expire"() {
    const { clock, detached } = setUp();
    const client = await detached();
    await clock.advance(WINDOW_MS + 1);
    return phaseOf(client);
  },
  async "closed expire"() {
    const { clock, closed } = setUp();
    const client = await closed();
    await clock.advance(WINDOW_MS + 1);
    return phaseOf(client);
  },
};

describe("a session", () => {
  it.each(Object.entries(steps))("goes on %s where the table says", async (step, made) => {
    const [from, on] = step.split(" ");
    const row = sessionLifecycle.transitions.find((one) => one.from === from && one.on === on);
    expect(row?.to).toBe(await made());
  });

  it("takes no step that is not tried here", () => {
    const rows = sessionLifecycle.transitions.map(({ from, on }) => `${from} ${on}`);
    expect(rows.filter((row) => !Object.hasOwn(steps, row))).toEqual([]);
  });
});
