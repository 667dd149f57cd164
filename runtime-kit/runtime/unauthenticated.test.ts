import { expect, it } from "vitest";
import { scriptedClient, testClock } from "../testing/index.js";
import type { ScriptedClient } from "../testing/index.js";
import { bearer } from "./auth.js";
import { createRuntime } from "./create.js";

it("SEC holds so many connections that have not said who they are, and turns the next away", async () => {
  const clock = testClock();
  const limits = { maxUnauthenticated: 2 };
  const runtime = createRuntime({ auth: bearer({ t: "ada" }), limits, clock });
  await runtime.ready;
  const [first, second] = [scriptedClient(runtime), scriptedClient(runtime)];
  const third = scriptedClient(runtime);
  expect(await third.end()).toMatchObject({ code: 1013 });
  // One that is let in holds no place any more, nor does one that is given up.
  await letIn(first);
  const fourth = scriptedClient(runtime);
  await letIn(fourth);
  await clock.advance(5000);
  expect(await second.end()).toMatchObject({ code: 1008 });
  const [fifth, sixth] = [scriptedClient(runtime), scriptedClient(runtime)];
  await letIn(fifth);
  await letIn(sixth);
  await runtime.close();
});

/** Welcomed, and heard once more. */
async function letIn(client: ScriptedClient): Promise<void> {
  await client.hello({ token: "t" });
  client.send("session.ping", { nonce: "n" });
  await client.next("session.pong");
}
