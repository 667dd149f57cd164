/** Gives a job a lease for one host, and watches redirects lead it elsewhere. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

// A site for the agent to read, with pages that lead on.
const site = createServer((request, response) => {
  const moved: Record<string, string> = {
    "/docs/old": "/docs/new?session=secret",
    "/docs/out": `http://localhost:${port}/docs/new`, // the same place by another name: not the leased one
    "/docs/up": "/private",
  };
  const location = moved[request.url ?? ""];
  if (location !== undefined) response.writeHead(302, { location });
  response.end(`this is ${request.url?.split("?")[0]}`);
});
site.listen(0, "127.0.0.1");
await once(site, "listening");
const { port } = site.address() as AddressInfo;
const home = `http://127.0.0.1:${port}`;

// Scheme, host, port and path are compared, each by itself.
const lease = { "net.fetch": [`${home}/docs/**`], "x-vendor.acme.gpu": ["a*"] };
const urls = [
  `${home}/docs/new`,
  `${home}/docs/old`,
  `${home}/docs/out`,
  `${home}/docs/up`,
  `${home}/docs/%2e%2e/private`,
  "http://169.254.169.254/latest/meta-data/",
];
const job = await client.submit("reader", urls, { lease });

for await (const event of job) {
  if (event.kind === "tool_call") console.log(event.body.tool, show(event.body.args));
  if (event.kind === "tool_result") console.log("  →", show(event.body.error ?? event.body.result));
}
console.log(await job.result());

site.close();
await client.close();

/** One line of JSON, with the port as `…`. */
function show(value: unknown): string {
  const members = value instanceof Object && "code" in value ? ["code", "message"] : undefined;
  return JSON.stringify(value, members).replaceAll(String(port), "…");
}
