import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { ReceivedEvent } from "./job-event.js";
import { connected, until } from "./script.test-helper.js";
import type { ConnectOptions } from "./options.js";

const endpoint = "https://gateway.example.com/v1";
const key = (id: string, value: string, scheme = "bearer") => ({ id, scheme, value, endpoint });

async function running(options: ConnectOptions = {}) {
  const { client, peer } = await connected(options);
  const credentials = [key("c1", "canary-1"), key("c2", "canary-2", "signed_url")];
  const [job] = await Promise.all([
    client.submit("a", null, { idempotencyKey: "k" }),
    peer.accept("job_1", { credentials }),
  ]);
  return { client, peer, job };
}

const rotated = (id: string, value?: string) => ({
  phase: "credential_rotated",
  id,
  ...(value === undefined ? {} : { value }),
});

describe("the credentials of a job", () => {
  it("CRED-03 W-32 are those of schemes that the program knows", async () => {
    const { client, job } = await running();
    expect(job.credentials).toEqual([key("c1", "canary-1")]);
    await client.close();
    const more = await running({ credentialSchemes: ["bearer", "signed_url"] });
    expect(more.job.credentials.map(({ id }) => id)).toEqual(["c1", "c2"]);
    await more.client.close();
  });

  it("CRED-09 have the value that was told last, whatever is told of others or of none", async () => {
    const { client, peer, job } = await running();
    peer.event(1, "status", rotated("c1")).event(2, "status", rotated("c9", "canary-9"));
    peer.event(3, "status", rotated("c1", "canary-3")).event(4, "status", { phase: "other" });
    const seen: ReceivedEvent[] = [];
    for await (const event of job) {
      seen.push(event);
      if (event.seq === 4) break;
    }
    expect(job.credentials).toEqual([key("c1", "canary-3")]);
    // Who follows the job may print its events.
    expect(JSON.stringify(seen)).not.toContain("canary");
    expect(seen[2]).toMatchObject({ kind: "status", body: rotated("c1") });
    await client.close();
  });

  it("CRED-26 have the value of an acceptance that is repeated", async () => {
    const { client, peer, job } = await running();
    const [again] = await Promise.all([
      client.submit("a", null, { idempotencyKey: "k" }),
      peer.accept("job_1", { credentials: [key("c1", "canary-4")] }),
    ]);
    expect(again).toBe(job);
    expect(job.credentials).toEqual([key("c1", "canary-4")]);
    await client.close();
  });

  it("CRED-18 SEC-05 are gone with the job's end, and nothing that the client still has holds a value", async () => {
    const { client, peer, job } = await running();
    peer.event(1, "status", rotated("c1", "canary-3"));
    await until(() => job.credentials[0]?.value === "canary-3");
    peer.result(2, { result: "done" });
    expect(await job.result()).toBe("done");
    expect(job.credentials).toEqual([]);
    expect(JSON.stringify(job.accepted)).not.toContain("canary");
    expect(inspect(job, { depth: 9, showHidden: true })).not.toContain("canary");
    await client.close();
  });

  it("CRED-18 are gone when the job is seen live no more", async () => {
    const { client, job } = await running();
    await client.close();
    expect(job.credentials).toEqual([]);
  });
});
