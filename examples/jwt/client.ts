/** A job that lasts longer than the token that it was submitted with. */
import { connect } from "arcp";
import { SignJWT } from "jose";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const key = process.env.EXAMPLE_KEY ?? "a secret of thirty-two bytes or more, for this example";

// In earnest this is a request to an issuer, which alone has the key.
function issue(claims: { readonly sub?: string; readonly aud?: string }, livesSec = 60) {
  return new SignJWT({ iss: "https://issuer.example.com", aud: "arcp", scope: "jobs", ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + livesSec)
    .sign(new TextEncoder().encode(key));
}

async function refused(what: string, token: string): Promise<void> {
  const answer = await connect(url, { token }).catch((error: Error) => error.message);
  console.log(`${what}: ${typeof answer === "string" ? answer : "let in"}`);
}
await refused("expired", await issue({ sub: "ada@example.com" }, -1));
await refused("for somebody else", await issue({ sub: "ada@example.com", aud: "billing" }));
await refused("of nobody", await issue({}));

let tokens = 0;
const client = await connect(url, {
  // Called for each connection; each token ends within two seconds, and its connection with it.
  token: () => issue({ sub: "ada@example.com" }, (tokens += 1) === 1 ? 2 : 60),
});
const job = await client.submit("wait", 3000);
console.log(await job.result());
console.log(`tokens: ${tokens}`);
await client.close();
