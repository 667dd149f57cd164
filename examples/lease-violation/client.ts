/** Gives a job a lease, and watches the job run into its limits. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArcpError, connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

const folder = await mkdtemp(join(tmpdir(), "arcp-example-"));
await mkdir(join(folder, "project"));
await writeFile(join(folder, "project/notes.txt"), "milk, bread");
await writeFile(join(folder, "diary.txt"), "dear diary");
await symlink("../diary.txt", join(folder, "project/shortcut.txt"));

// A lease grants what it names and nothing else; without one a job may touch nothing.
const lease = { "fs.read": [`${folder}/project/**`], "tool.call": ["web.*"] };
const job = await client.submit("curious", folder, { lease });

for await (const event of job) {
  // Refusals are in the record for everybody to see, whatever the agent makes of them.
  if (event.kind === "tool_call") console.log(event.body.tool, show(event.body.args));
  if (event.kind === "tool_result") console.log("  →", show(event.body.error ?? event.body.result));
}
console.log(await job.result());

// What this runtime could not enforce, it does not grant: such a submit is refused.
try {
  await client.submit("curious", folder, { lease: { "x-vendor.acme.gpu": ["a100"] } });
} catch (error) {
  if (!ArcpError.is(error)) throw error;
  console.log(error.message.split(";")[0]);
}

await rm(folder, { recursive: true });
await client.close();

/** One line of JSON, with the temporary folder as `…`. */
function show(value: unknown): string {
  const members = value instanceof Object && "code" in value ? ["code", "message"] : undefined;
  return JSON.stringify(value, members).replaceAll(folder, "…");
}
