/** Reads a vendor's own events, typed, among those of the draft. */
import { connect } from "arcp";

/** What the vendor says that its event holds. */
interface Room {
  readonly room: string;
  readonly celsius: number;
}

/** From the wire comes JSON that nobody checked: look before you believe. */
function isRoom(
  body: Readonly<Record<string, unknown>>,
): body is Readonly<Record<string, unknown>> & Room {
  return typeof body.room === "string" && typeof body.celsius === "number";
}

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

const job = await client.submit("thermostat");
for await (const event of job) {
  switch (event.kind) {
    case "log":
      console.log(`log: ${event.body.message}`);
      break;
    case "x-vendor.acme.room":
      if (isRoom(event.body)) console.log(`${event.body.room}: ${event.body.celsius} °C`);
      break;
    default: // kinds that this program has never heard of arrive as well, and harm nobody
  }
}
console.log(await job.result());

await client.close();
