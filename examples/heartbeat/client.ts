/** Shows a session that is idle and alive, and one whose client has died without a goodbye. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "arcp";
import { WebSocket } from "ws";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";

// A client answers the runtime's pings, and pings by itself, without a line of yours.
const idle = await connect(url, {
  token: "example-token",
  on: { reconnecting: ({ error }) => console.log("idle client:", error.message) },
});
console.log("idle client: connected");

// A peer that says hello and then nothing any more: by hand, since no client of ours would do it.
const silent = new WebSocket(url);
silent.on("open", () =>
  silent.send(
    JSON.stringify({
      arcp: "1.1",
      id: "msg_1",
      type: "session.hello",
      payload: {
        client: { name: "silent", version: "1.0.0" },
        auth: { scheme: "bearer", token: "example-token" },
        capabilities: { features: ["heartbeat"] },
      },
    }),
  ),
);
silent.on("message", (data) => {
  const { type } = JSON.parse(String(data)) as { type: string };
  console.log(`silent peer: got ${type}, says nothing`);
});

// After two intervals without a sign of life the runtime gives the peer up. Its jobs would run on.
const dropped = await new Promise<string>((resolve) => {
  silent.on("close", (code, reason) => resolve(`${code} ${reason.toString()}`));
});
console.log(`silent peer: dropped, ${dropped}`);

await sleep(1_200); // five intervals by now in which the idle client had nothing to say
const job = await idle.submit("echo", "still here");
console.log("idle client:", await job.result());
console.log("idle client: times resumed:", idle.session.resumed);
console.log(`idle client: a ping of mine took ${Math.round(await idle.ping())} ms`);

await idle.close();
