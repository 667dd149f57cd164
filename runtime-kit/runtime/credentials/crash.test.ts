/** What the next process makes of credentials that the one before had asked for, on a real file; and that no file has a value. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../../stores/sqlite.js";
import type { Store } from "../../stores/port.js";
import type { SeenMessage } from "../../testing/index.js";
import { bearer } from "../auth.js";
import { createRuntime } from "../create.js";
import type { RuntimeOptions } from "../create.js";
import { defineAgent } from "../define.js";
import { aborted, rawClient } from "../raw-client.test-helper.js";
import { CANARY, door, gateway } from "./gateway.test-helper.js";

const FEATURES = ["provisioned_credentials", "list_jobs", "ack", "result_chunk"];

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "arcp-credentials-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** What its agent had for a key, each time that it was started. */
const keys: string[] = [];

const waiting = defineAgent({
  name: "waiting",
  async run(_input, ctx) {
    await ctx.log("info", "begun");
    return aborted(ctx);
  },
});
const again = defineAgent({
  name: "again",
  restartable: true,
  async run(_input, ctx) {
    keys.push(ctx.credential().value);
    await ctx.flush();
    return aborted(ctx);
  },
});

/** Runtimes one after the other on one file. Each is killed: nothing that it still asks for is done. */
function lives(options: RuntimeOptions = {}) {
  const path = join(folder, "arcp.db");
  const lines: string[] = [];
  const log = (fields: object, text: string) => void lines.push(JSON.stringify([fields, text]));
  const logger = { debug: log, info: log, warn: log, error: log };
  let inner: Store | undefined;
  let alive = { now: true };

  async function kill(): Promise<void> {
    alive.now = false;
    await inner?.close();
    inner = undefined;
  }

  return {
    lines,
    kill,
    async begin(more: RuntimeOptions = {}) {
      await kill();
      const opened = (inner = sqlite(path));
      const own = (alive = { now: true });
      const never = new Promise<never>(() => {});
      const store: Store = {
        durable: true,
        commit: (batch) => (own.now ? opened.commit(batch) : never),
        readLog: (...args) => (own.now ? opened.readLog(...args) : never),
        readRuns: (...args) => (own.now ? opened.readRuns(...args) : never),
        load: () => opened.load(),
        close: async () => {},
      };
      const runtime = createRuntime({
        agents: [waiting, again],
        auth: bearer({ tok: "me", other: "somebody" }),
        logger: logger as never,
        store,
        ...options,
        ...more,
      });
      await runtime.ready;
      return runtime;
    },
    async ledger() {
      const store = sqlite(path, { readOnly: true });
      const { ledger } = await store.load();
      await store.close();
      return ledger;
    },
    /** Every byte that a store has written, as text. */
    files: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
        .join(),
  };
}

const valuesIn = ({ payload }: SeenMessage) =>
  (payload["credentials"] as { value: string }[] | undefined)?.map(({ value }) => value);

describe("SEC-20 after a crash", () => {
  it("between the ledger and the answer, what may have been issued is revoked by the grant's id", async () => {
    const upstream = gateway();
    const { begin, ledger } = lives({ credentials: upstream });
    upstream.issued = () => new Promise(() => {});
    const client = await rawClient(await begin(), FEATURES);
    await client.send("job.submit", { agent: "waiting" });
    await expect.poll(() => upstream.live.size).toBe(1);
    const [entry] = await ledger();
    expect(entry).not.toHaveProperty("handle");
    await begin();
    await expect.poll(() => upstream.live.size).toBe(0);
    expect(upstream.revocations).toMatchObject([{ id: entry!.id, handle: undefined }]);
  });

  it("between the answer and the acceptance, the job does not exist, and its credentials do not either", async () => {
    const upstream = gateway();
    const { begin, kill } = lives({ credentials: upstream });
    upstream.issued = () => kill();
    const client = await rawClient(await begin(), FEATURES);
    await client.send("job.submit", { agent: "waiting" });
    await expect.poll(() => upstream.live.size).toBe(1);
    const runtime = await begin();
    await expect.poll(() => upstream.live.size).toBe(0);
    const after = await rawClient(runtime, FEATURES);
    await after.send("session.list_jobs", {});
    expect((await after.arrived("session.jobs")).payload["jobs"]).toEqual([]);
  });

  it("of a job that runs, its credentials are revoked, and it ends without them", async () => {
    const upstream = gateway();
    const { begin, ledger } = lives({ credentials: upstream });
    const client = await rawClient(await begin(), FEATURES);
    await client.send("job.submit", { agent: "waiting" });
    await client.arrived("job.event");
    const runtime = await begin();
    await expect.poll(() => runtime.credentials.outstanding()).toEqual([]);
    expect(upstream.live.size).toBe(0);
    await expect.poll(ledger).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
    const after = await rawClient(runtime, FEATURES);
    await after.send("session.list_jobs", {});
    const { payload } = await after.arrived("session.jobs");
    expect(payload["jobs"]).toMatchObject([{ status: "error" }]);
  });

  it.each(["killed", "closed"])(
    "CRED-09 of a job that starts again, new ones are issued, with the ids that its client knows: %s",
    async (how) => {
      keys.length = 0;
      const upstream = gateway([undefined, "second"]);
      const store = lives({ credentials: upstream });
      upstream.issuing = () => undefined;
      const first = await store.begin({
        agents: [
          defineAgent({
            name: "again",
            restartable: true,
            async run(_input, ctx) {
              keys.push(ctx.credential("second").value);
              return aborted(ctx);
            },
          }),
        ],
      });
      const client = await rawClient(first, FEATURES);
      await client.send("job.submit", { agent: "again", idempotency_key: "k" });
      const accepted = await client.arrived("job.accepted");
      await expect.poll(() => keys.length).toBe(1);
      if (how === "closed") {
        await first.close();
        expect(upstream.live.size).toBe(0);
      }
      const { session_id, resume_token } = client.seen[0]!.payload;
      const runtime = await store.begin({
        agents: [
          defineAgent({
            name: "again",
            restartable: true,
            run: (_input, ctx) => {
              keys.push(ctx.credential("second").value);
              return aborted(ctx);
            },
          }),
        ],
      });
      await expect.poll(() => keys.length).toBe(2);
      await expect.poll(() => upstream.live.size).toBe(2);
      expect(upstream.live.has(keys[1]!)).toBe(true);
      const after = await rawClient(runtime, FEATURES, {
        resume: { session_id, resume_token, last_event_seq: 0 },
      });
      await after.until(() => after.seen.filter(({ type }) => type === "job.event").length === 2);
      const told = after.seen.filter(({ type }) => type === "job.event");
      const known = accepted.payload["credentials"] as { id: string }[];
      expect(told.map(({ payload }) => payload["body"])).toEqual(
        known.map(({ id }, at) => ({
          phase: "credential_rotated",
          id,
          value: [...upstream.live][at],
        })),
      );
      await after.send("job.submit", { agent: "again", idempotency_key: "k" });
      expect(valuesIn(await after.arrived("job.accepted"))).toEqual([...upstream.live]);
    },
  );

  it("gives credentials to a job that had none, where its runtime has a provisioner now", async () => {
    const upstream = gateway();
    const starts: number[] = [];
    const counting = defineAgent({
      name: "counting",
      restartable: true,
      run(_input, ctx) {
        starts.push(ctx.credentials.length);
        return aborted(ctx);
      },
    });
    const { begin } = lives({ agents: [counting] });
    const client = await rawClient(await begin(), FEATURES);
    await client.send("job.submit", { agent: "counting" });
    await expect.poll(() => starts).toEqual([0]);
    await begin({ credentials: upstream });
    await expect.poll(() => starts).toEqual([0, 1]);
  });

  it("ends a job whose credentials cannot be had again, and says so", async () => {
    keys.length = 0;
    const upstream = gateway();
    const { begin } = lives({ credentials: upstream });
    const client = await rawClient(await begin(), FEATURES);
    await client.send("job.submit", { agent: "again" });
    await expect.poll(() => keys.length).toBe(1);
    upstream.issuing = () => {
      throw new Error("down");
    };
    const after = await rawClient(await begin(), FEATURES);
    await expect
      .poll(async () => {
        await after.send("session.list_jobs", {});
        return (after.seen.at(-1)?.payload["jobs"] as { status: string }[] | undefined)?.[0]
          ?.status;
      })
      .toBe("error");
    expect(keys).toHaveLength(1);
  });

  it("SEC-21 without a provisioner, what is outstanding is told, and kept for one that has it", async () => {
    const upstream = gateway();
    const { begin, lines, ledger } = lives();
    const client = await rawClient(await begin({ credentials: upstream }), FEATURES);
    await client.send("job.submit", { agent: "waiting" });
    await client.arrived("job.accepted");
    const runtime = await begin();
    expect(runtime.credentials.outstanding()).toMatchObject([
      { status: "failed", error: "the runtime has no provisioner any more" },
    ]);
    expect(lines.filter((line) => line.includes("could not be revoked"))).toHaveLength(1);
    expect(await ledger()).toHaveLength(1);
    const again = await begin({ credentials: upstream });
    await expect.poll(() => again.credentials.outstanding()).toEqual([]);
    expect(upstream.live.size).toBe(0);
    await expect.poll(ledger).toEqual([]);
  });
});

describe("SEC-06 CRED-06 CRED-25 a value", () => {
  it("is in no file, log, error, nor in what anybody else is sent", async () => {
    const upstream = gateway();
    const { opened, open } = door();
    /** An agent that tells its key wherever it can. */
    const telltale = defineAgent({
      name: "telltale",
      async run(input, ctx) {
        const key = ctx.credential();
        const tell = [
          () => ctx.log("info", `my key is ${key.value}`),
          () => ctx.emit("x-vendor.acme.key", { deep: [{ key: key.value }] }),
          () => ctx.status("credential_rotated"),
          () => ctx.tool("t", { key: key.value }, () => 1),
          () =>
            ctx.tool("t", {}, () => {
              throw new Error(`401 for ${key.value}`);
            }),
        ];
        const refused: unknown[] = [];
        for (const one of tell) {
          try {
            await one();
          } catch (error) {
            refused.push(ArcpCode(error));
          }
        }
        await ctx.log("info", JSON.stringify({ key, copy: { ...key }, refused }));
        await opened;
        if (input === "stream") return ctx.stream([`the key is ${key.value}`]);
        if (input === "return") return { key: key.value };
        throw Object.assign(new Error(`no good: ${key.value}`), { details: { key: key.value } });
      },
    });
    const ArcpCode = (error: unknown) => (error as { code?: string }).code ?? "thrown";
    const { begin, kill, files, lines } = lives({ credentials: upstream, agents: [telltale] });
    const runtime = await begin();
    const client = await rawClient(runtime, FEATURES);
    const plain = await rawClient(runtime, ["list_jobs", "ack", "result_chunk"]);
    for (const [at, input] of ["throw", "return", "stream"].entries()) {
      const submit = {
        agent: "telltale",
        input,
        idempotency_key: `k${at}`,
        lease_request: { "tool.call": ["t"] },
      };
      await client.send("job.submit", submit);
      const { job_id: jobId } = await client.arrived("job.accepted", at + 1);
      await plain.send("job.submit", submit);
      await plain.arrived("job.accepted", at + 1);
      await runtime.credentials.rotate(jobId!);
    }
    open();
    await client.arrived("job.error", 3);
    await plain.arrived("job.error", 3);
    const ends = client.seen.filter(({ type }) => type === "job.error");
    expect(ends.map(({ payload }) => payload["message"])).toEqual(
      expect.arrayContaining([
        "no good: (redacted)",
        "the result holds the value of a credential of its job, which must not be stored",
        "a piece of a streamed result holds the value of a credential of its job, which must not be stored",
      ]),
    );
    await expect.poll(() => upstream.live.size).toBe(0);
    expect(JSON.stringify(runtime.credentials.outstanding())).not.toContain(CANARY);
    // The file while it is in use, with SQLite's own log, and as it is left.
    expect(files()).toContain("credential_rotated");
    expect(files()).not.toContain(CANARY);
    await runtime.close();
    await kill();
    expect(files()).not.toContain(CANARY);
    expect(lines.join()).toContain("agent threw");
    expect(lines.join()).not.toContain(CANARY);
    expect(JSON.stringify(plain.seen)).not.toContain(CANARY);
    const [said] = client.seen.filter(({ payload }) => payload["kind"] === "log");
    expect(said?.payload["body"]).toMatchObject({
      message: expect.stringContaining(
        '"refused":["INVALID_REQUEST","INVALID_REQUEST","INVALID_REQUEST","INVALID_REQUEST","thrown"]',
      ),
    });
  });
});

describe("a credential in the hands of its agent", () => {
  it("shows the value that is good now, tells when it is no more, and nothing after the end", async () => {
    const upstream = gateway(["one", "two"]);
    const { opened, open } = door();
    const seen: unknown[] = [];
    let kept: { readonly value: string } | undefined;
    const agent = defineAgent({
      name: "a",
      async run(_input, ctx) {
        const one = (kept = ctx.credential("one"));
        seen.push(ctx.credentials.map(({ id, scheme }) => [id, scheme]));
        seen.push(one.value);
        const { superseded } = one;
        await new Promise((resolve) => superseded.addEventListener("abort", resolve));
        seen.push(one.value, ctx.credential("one") === one, one.superseded.aborted);
        for (const id of [undefined, "three"]) {
          try {
            ctx.credential(id);
          } catch (error) {
            seen.push((error as Error).message);
          }
        }
        await opened;
      },
    });
    const { begin } = lives({ credentials: upstream, agents: [agent] });
    const runtime = await begin();
    const client = await rawClient(runtime, FEATURES);
    await client.send("job.submit", { agent: "a" });
    const accepted = await client.arrived("job.accepted");
    await expect.poll(() => seen.length).toBe(2);
    await runtime.credentials.rotate(accepted.job_id!);
    await expect.poll(() => seen.length).toBe(7);
    const [first] = valuesIn(accepted)!;
    expect(seen).toEqual([
      [
        ["one", "bearer"],
        ["two", "bearer"],
      ],
      first,
      [...upstream.live][0],
      true,
      false,
      expect.stringContaining("there is not exactly one"),
      expect.stringContaining(
        "there is no three among the credentials of the job; there are: one, two",
      ),
    ]);
    open();
    await client.arrived("job.result");
    expect(() => kept!.value).toThrow("has ended");
  });
});
