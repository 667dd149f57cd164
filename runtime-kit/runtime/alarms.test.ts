import { expect, it } from "vitest";
import { scriptedClient, testClock } from "../testing/index.js";
import { createAlarms } from "./alarms.js";
import { createRuntime } from "./create.js";
import { agentOf } from "./raw-client.test-helper.js";

/** A clock that counts who wants to know of its jumps. */
function watched() {
  const clock = testClock();
  const asked = { now: 0 };
  return {
    asked,
    clock: {
      ...clock,
      onJump(callback: () => void) {
        asked.now += 1;
        const stop = clock.onJump!(callback);
        return () => {
          asked.now -= 1;
          stop();
        };
      },
    },
  };
}

it("rings each once, those that are due alone, and asks once while there is one", async () => {
  const { clock, asked } = watched();
  const alarms = createAlarms(clock);
  const rung: string[] = [];
  const owners = new Map<string, object>();
  const owner = (name: string) => owners.get(name) ?? owners.set(name, {}).get(name)!;
  const at = (ms: number, name: string) =>
    alarms.set(owner(name), clock.wall() + ms, () => rung.push(name));
  expect(asked.now).toBe(0);
  at(10, "early");
  at(5_000, "late");
  at(10, "cleared");
  at(1, "moved");
  at(5_000, "moved");
  alarms.clear(owner("cleared"));
  expect(asked.now).toBe(1);
  await clock.jump(10);
  expect(rung).toEqual(["early"]);
  await clock.jump(-10);
  await clock.jump(10_000);
  expect(rung).toEqual(["early", "late", "moved"]);
  expect(asked.now).toBe(0);
  at(0, "again");
  expect(asked.now).toBe(1);
  alarms.clear(owner("again"));
  expect(asked.now).toBe(0);
});

it("nobody looks at the clock of a runtime without a lease or a token that ends, nor once they are over", async () => {
  const { clock, asked } = watched();
  let go = () => {};
  const agents = [agentOf(() => new Promise<void>((resolve) => (go = resolve)))];
  const token: { expiresAt?: number } = {};
  const auth = () => ({ principal: "ada", ...token });
  const runtime = createRuntime({ clock, agents, auth });
  const submit = async (client: ReturnType<typeof scriptedClient>, ends: object) => {
    client.send("job.submit", { agent: "a", ...ends });
    await client.next("job.accepted");
  };
  const client = scriptedClient(runtime);
  await client.hello({ token: "t", features: ["lease_expires_at"] });
  await submit(client, {});
  expect(asked.now).toBe(0);
  go();
  await client.next("job.result");
  await submit(client, { lease_constraints: { expires_at: "2099-01-01T00:00:00Z" } });
  expect(asked.now).toBe(1);
  go();
  await client.next("job.result");
  expect(asked.now).toBe(0);
  token.expiresAt = clock.wall() + 60_000;
  const other = scriptedClient(runtime);
  await other.hello({ token: "t" });
  expect(asked.now).toBe(1);
  other.drop();
  await expect.poll(() => asked.now).toBe(0);
  await submit(client, { lease_constraints: { expires_at: "2099-01-01T00:00:00Z" } });
  expect(asked.now).toBe(1);
  await runtime.close();
  expect(asked.now).toBe(0);
});
