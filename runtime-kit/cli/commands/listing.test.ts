import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { bearer, createRuntime, defineAgent } from "../../node.js";
import { echo } from "../agents/echo.js";
import { arcpDone } from "../io.test-helper.js";

let server: Serving;
let env: Record<string, string>;

beforeAll(async () => {
  const fail = defineAgent({
    name: "fail",
    run() {
      throw new Error("no");
    },
  });
  const next = defineAgent({ name: "echo", version: "2.0.0", run: (input) => input });
  const runtime = createRuntime({
    agents: [echo, next, fail],
    auth: bearer({ t: "me", u: "you" }),
  });
  server = await serve(runtime, { port: 0 });
  env = { ARCP_URL: server.url, ARCP_TOKEN: "t" };
  for (const agent of ["echo", "echo@1.0.0", "fail"])
    await arcpDone(["submit", agent, "1"], { env });
});
afterAll(() => server.close());

async function list(...argv: string[]): Promise<string[]> {
  const { records } = await arcpDone(["jobs", "--json", ...argv], { env });
  return records().map(({ job }) => (job as { agent: string }).agent);
}

describe("arcp jobs", () => {
  it("lists what this principal submitted, ended or not", async () => {
    const { exit, stdout } = await arcpDone(["jobs"], { env });
    expect(exit).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^JOB +AGENT +STATUS +CREATED$/);
    expect(rows).toHaveLength(3);
    expect(rows.join("\n")).toMatch(/^job_\w+ +fail@1\.0\.0 +error +\d{4}-/m);
    const other = await arcpDone(["jobs", "--token", "u", "--json"], { env });
    expect(other.stdout).toBe("");
    const none = await arcpDone(["jobs", "--token", "u"], { env });
    expect([none.exit, none.stdout]).toEqual([0, ""]);
    expect(none.stderr).toBe("arcp: there are no jobs yet\n");
    const unlike = await arcpDone(["jobs", "--status", "running"], { env });
    expect(unlike.stderr).toBe("arcp: no job is like that\n");
  });

  it("filters, and prints NDJSON", async () => {
    expect((await list("--agent", "echo")).toSorted()).toEqual(["echo@1.0.0", "echo@2.0.0"]);
    expect(await list("--agent", "echo@1.0.0")).toEqual(["echo@1.0.0"]);
    expect(await list("--status", "error", "--status", "cancelled")).toEqual(["fail@1.0.0"]);
    expect(await list("--limit", "2")).toHaveLength(2);
    expect(await list("--status", "running")).toEqual([]);
  });
});

describe("arcp agents", () => {
  it("lists the inventory", async () => {
    const { exit, stdout } = await arcpDone(["agents"], { env });
    expect(exit).toBe(0);
    expect(stdout).toBe(
      "AGENT  VERSIONS      DEFAULT\necho   1.0.0, 2.0.0  2.0.0\nfail   1.0.0         1.0.0\n",
    );
    const json = await arcpDone(["agents", "--json"], { env });
    expect(json.records()).toEqual([
      { agent: { name: "echo", versions: ["1.0.0", "2.0.0"], default: "2.0.0" } },
      { agent: { name: "fail", versions: ["1.0.0"], default: "1.0.0" } },
    ]);
  });
});
