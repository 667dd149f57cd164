/** A dashboard: somebody else's jobs, from their beginning and as they go on, without a hand in them. */
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const dev = await connect(url, { token: "dev-token" });
const oncall = await connect(url, { token: "oncall-token" });

const job = await dev.submit("deploy", { pauseMs: 50 });
const hidden = await dev.submit("secret-deploy", { pauseMs: 0 });
for await (const { kind } of job) if (kind === "progress") break; // it is under way

// The list holds what may be looked at, and nothing of the rest.
for await (const { agent, status } of oncall.jobs()) console.log(agent, "is", status);

// From 0 means from its beginning: what was said before, then what is said from now on.
const watched = await oncall.watch(job.id, { from: 0 });
let last = 0;
for await (const event of watched) {
  if (event.kind === "log") console.log("  on call sees:", event.body.message);
  // Its number where the job was submitted: with `from` it is the place to go on from, in any session.
  last = event.origin_seq ?? last;
}
console.log("it ended well:", await watched.result());
const rest = await oncall.watch(job.id, { from: last - 1 });
for await (const { kind } of rest) console.log("once more, from the last event on:", kind);

// To look on is no authority to act.
const other = await dev.submit("deploy", { pauseMs: 50 });
const onlyLooking = await oncall.watch(other.id);
await told(onlyLooking.cancel());
onlyLooking.close(); // hears no more of it; the job goes on

// What is hidden is answered as what does not exist.
await told(oncall.watch(hidden.id));
await told(oncall.watch("job_01ARZ3NDEKTSV4RRFFQ69G5FAV"));

console.log("the developer's own:", await other.result());
await Promise.all([dev.close(), oncall.close()]);

async function told(refused: Promise<unknown>): Promise<void> {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ArcpError.is(error)) throw new Error("it was not refused", { cause: error });
  console.log(error.code);
}
