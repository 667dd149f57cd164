/** Loses its connection in the middle of a job. No line here reconnects: that is the client's work. */
import { connect } from "arcp";
import { relayTo } from "../relay.js";

const relay = await relayTo(process.argv[2] ?? "ws://127.0.0.1:7777/arcp");

const client = await connect(relay.url, {
  token: "example-token",
  on: {
    reconnecting: ({ attempt }) => console.log(`connection lost; attempt ${attempt}`),
    resumed: ({ sessionId }) => console.log(`resumed ${sessionId}`),
    // What was lost for good would be told here, and never passed over in silence.
    gap: ({ error }) => console.log("gap", error),
  },
});
const { id: sessionBefore } = client.session;

const job = await client.submit("counter");
const numbers: number[] = [];
for await (const event of job) {
  numbers.push(event.seq); // the event's number in this session
  if (numbers.length === 30) {
    console.log("30 events read; the cable is pulled");
    relay.cut();
  }
}
const result = await job.result();

console.log(`${numbers.length} events, from ${numbers[0]} to ${numbers.at(-1)}`);
console.log(
  "each once and in order:",
  numbers.every((number, index) => number === index + 1),
);
console.log("the same session:", client.session.id === sessionBefore);
console.log(`resumed ${client.session.resumed} time; result: ${String(result)}`);

await client.close();
relay.close();
