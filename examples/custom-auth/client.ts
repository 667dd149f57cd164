/** Connects with tokens of all kinds, and keeps its session with tokens that do not live long. */
import { EventEmitter, once } from "node:events";
import { connect } from "arcp";
import type { Client } from "arcp";
import { relayTo } from "../relay.js";
import { issue } from "./tokens.js";

const relay = await relayTo(process.argv[2] ?? "ws://127.0.0.1:7777/arcp");
const key = process.env.EXAMPLE_KEY ?? "the key of this example";
const MINUTE = 60_000;

// In earnest this is a request to whoever knows that Ada is Ada; the key stays there.
const tokenOf = (principal: string, livesMs = MINUTE, signedWith = key): string =>
  issue({ principal, expiresAt: Date.now() + livesMs }, signedWith);

async function refused(what: string, token?: string): Promise<void> {
  const connecting = connect(relay.url, token === undefined ? {} : { token });
  const answer = await connecting.then(
    (client) => client.close().then(() => "let in"),
    (error: Error) => error.message,
  );
  console.log(`${what}: ${answer}`);
}

// Whatever is wrong with a token, the answer is one and the same. The runtime's log knows more.
await refused("no token");
await refused("no such thing", "let me in");
await refused("forged", tokenOf("ada@example.com", MINUTE, "another key"));
await refused("expired", tokenOf("ada@example.com", -1));
await refused("not welcome", tokenOf("mallory@example.com"));
await refused("a verifier that throws", tokenOf("carol@example.com"));

// A function is called for each connection, so a token has to last no longer than one handshake.
let issued = 0;
const line = new EventEmitter();
const ada = await connect(relay.url, {
  token: async () => {
    issued += 1;
    return tokenOf("ada@example.com");
  },
  on: { resumed: () => line.emit("resumed") },
});
const bob = await connect(relay.url, { token: () => tokenOf("bob@example.com") });

const job = await ada.submit("whoami");
console.log("Ada is", await job.result());
console.log("Bob is", await (await bob.submit("whoami")).result());

const { id } = ada.session;
const back = once(line, "resumed");
relay.cut();
await back;
console.log(`Ada is back in the same session: ${ada.session.id === id}; tokens so far: ${issued}`);

// Each sees the jobs of their own, and a job of somebody else is like none at all.
const count = async (client: Client): Promise<number> => {
  const jobs = [];
  for await (const row of client.jobs()) jobs.push(row);
  return jobs.length;
};
console.log(`Ada sees ${await count(ada)} job, Bob sees ${await count(bob)}`);
await bob.cancel(job.id).catch((error: Error) => console.log("Bob cancels Ada's:", error.message));

await Promise.all([ada.close(), bob.close()]);
relay.close();
