/** §7.6: a subscription that follows on another one, on a connection that is slow. */
import { expect, it } from "vitest";
import type { Transport } from "../transports/port.js";
import { agentOf, aborted, rawClient } from "./raw-client.test-helper.js";
import { createRuntime } from "./create.js";
import type { Runtime } from "./create.js";
import { bearer } from "./auth.js";

/** Connections whose peer takes nothing more of what is sent, once the valve is shut. */
function valved(runtime: Runtime) {
  let opened = Promise.resolve();
  let open = () => {};
  const behind = (transport: Transport): Transport => ({
    incoming: transport.incoming,
    send: (frames) => transport.send(frames).then(() => opened),
    close: (code, reason) => transport.close(code, reason),
  });
  return {
    runtime: { ...runtime, accept: (transport) => runtime.accept(behind(transport)) } as Runtime,
    shut: () => void (opened = new Promise((resolve) => (open = resolve))),
    open: () => open(),
  };
}

it("WATCH-23: what is left of a subscription comes before the answer to the next", async () => {
  let say: (text: string) => Promise<void> = () => Promise.resolve();
  const agent = agentOf(async (_input, ctx) => {
    say = (text) => ctx.log("info", text);
    await ctx.log("info", "begins");
    await aborted(ctx);
  });
  const runtime = createRuntime({ agents: [agent], auth: bearer({ tok: "me" }) });
  const owner = await rawClient(runtime, ["subscribe"]);
  await owner.send("job.submit", { agent: "a" });
  const { job_id: job } = await owner.arrived("job.event");
  const valve = valved(runtime);
  const looker = await rawClient(valve.runtime, ["subscribe"]);
  looker.send("job.subscribe", { job_id: job }, { job_id: job! });
  await looker.arrived("job.subscribed");
  valve.shut();
  for (const [index, text] of ["one", "two", "three"].entries()) {
    await say(text);
    await owner.arrived("job.event", index + 2);
  }
  await looker.arrived("job.event");
  looker.send("job.unsubscribe", { job_id: job }, { job_id: job! });
  const whole = { job_id: job, history: true, from_event_seq: 0 };
  looker.send("job.subscribe", whole, { job_id: job! });
  // What it would be answered at once it is answered with a commit that comes before this one's.
  await owner.send("job.submit", { agent: "a" });
  await owner.arrived("job.accepted", 2);
  valve.open();
  await looker.until(() => looker.seen.filter(({ type }) => type === "job.event").length >= 7);
  const said = looker.seen.map(({ type, payload }) =>
    type === "job.event" ? (payload["body"] as { message: string }).message : type,
  );
  const first = said.indexOf("job.subscribed");
  expect(said.slice(first)).toEqual([
    ...["job.subscribed", "one", "two", "three"],
    ...["job.subscribed", "begins", "one", "two", "three"],
  ]);
  await runtime.close();
});
