import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bearer } from "../../runtime/auth.js";
import { createRuntime } from "../../runtime/create.js";
import { CANARY, gateway } from "../../runtime/credentials/gateway.test-helper.js";
import { aborted, agentOf, rawClient } from "../../runtime/raw-client.test-helper.js";
import { sqlite } from "../../stores/sqlite.js";
import { arcpDone } from "../io.test-helper.js";

const folder = mkdtempSync(join(tmpdir(), "arcp-cli-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("arcp credentials", () => {
  it("SEC-21 lists what is outstanding, while the runtime runs, and no secret", async () => {
    const db = join(folder, "a.db");
    const upstream = gateway(["llm"]);
    const runtime = createRuntime({
      agents: [agentOf((_input, ctx) => aborted(ctx))],
      auth: bearer({ tok: "me" }),
      credentials: upstream,
      store: sqlite(db),
    });
    const client = await rawClient(runtime, ["provisioned_credentials"]);
    await client.send("job.submit", { agent: "a" });
    const { job_id: jobId } = await client.arrived("job.accepted");
    upstream.issued = () => new Promise(() => {});
    await client.send("job.submit", { agent: "a" });
    await expect.poll(() => upstream.live.size).toBe(2);
    const [first, second] = upstream.requests;

    const shown = await arcpDone(["credentials", "--db", db]);
    expect(shown.exit).toBe(0);
    const [head, ...rows] = shown.stdout.trim().split("\n");
    expect(head).toMatch(/^GRANT +JOB +STATUS +AGENT +PRINCIPAL +ASKED +CREDENTIALS$/);
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      [first!.grantId, jobId, "running", "a@1.0.0", "me", expect.any(String), "llm"],
      [second!.grantId, second!.jobId, "no job", "a@1.0.0", "me", expect.any(String), "no answer"],
    ]);
    const lines = (await arcpDone(["credentials", "--db", db, "--json"])).stdout;
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      {
        grant: {
          ...{ grant_id: first!.grantId, job_id: jobId, job_status: "running" },
          ...{ credentials: ["llm"], handle: { alias: first!.grantId } },
        },
      },
      { grant: { job_status: null, credentials: null, handle: null } },
    ]);
    expect(shown.stdout + lines).not.toContain(CANARY);
    await runtime.close();
  });

  it("says so when there is nothing, and what is wrong with the file", async () => {
    const db = join(folder, "b.db");
    const store = sqlite(db);
    await store.load();
    await store.close();
    expect(await arcpDone(["credentials", "--db", db])).toMatchObject({
      exit: 0,
      stdout: "",
      stderr: "arcp: nothing is outstanding\n",
    });
    const missing = await arcpDone(["credentials", "--db", join(folder, "nowhere.db")]);
    expect(missing).toMatchObject({ exit: 2, stdout: "" });
    expect(missing.stderr).toContain("there is no such file");
  });
});
