/** A program of a user's, as every platform runs it: `client.mjs ENTRY URL TOKEN`. Prints `cut` when its line is to be cut, and at last what it saw. */
const [entry, url, token] = process.argv.slice(2);
const { ArcpError, connect } = await import(entry);

const refused = await connect(url, { token: "wrong" }).catch((error) => error);
if (!ArcpError.is(refused, "UNAUTHENTICATED")) throw new Error(`a wrong token: ${refused}`);

const client = await connect(url, { token, reconnect: { minDelayMs: 20 } });

const counter = await client.submit("counter", { to: 100, pauseMs: 2 });
const numbers = [];
for await (const { kind, body } of counter) {
  if (kind === "progress") numbers.push(body.current);
  if (numbers.length === 30) console.log("cut");
}
const expected = Array.from({ length: 100 }, (_, at) => at + 1);
if (numbers.join() !== expected.join()) throw new Error(`the counter counted ${numbers}`);
const { resumed } = client.session;
if (resumed !== 1) throw new Error(`the session was resumed ${resumed} times`);

const streamed = await client.submit("bytes", { size: 1_000_001 });
let size = 0;
for await (const piece of streamed.stream()) {
  const wrong = piece.findIndex((byte, at) => byte !== (size + at) % 251);
  if (wrong >= 0) throw new Error(`byte ${size + wrong} of the stream is ${piece[wrong]}`);
  size += piece.length;
}
if (size !== 1_000_001) throw new Error(`the stream has ${size} bytes`);

const waiter = await client.submit("waiter");
await waiter.cancel("enough");
const cancelled = await waiter.result().catch((error) => error);
if (!ArcpError.is(cancelled, "CANCELLED")) throw new Error(`a cancelled job: ${cancelled}`);

const jobs = [];
for await (const job of client.jobs()) jobs.push(job.job_id);
for (const { id } of [counter, streamed, waiter]) {
  if (!jobs.includes(id)) throw new Error(`${id} is not in the list of jobs`);
}
await client.close();
console.log("done");
