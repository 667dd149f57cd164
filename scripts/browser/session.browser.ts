/** The client in a real page, against `arcp serve` in a process of its own. */
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { relayTo } from "../../examples/relay.js";
import type { Relay } from "../../examples/relay.js";
import { leaveNothingBehind } from "../../examples/harness/processes.js";
import type { Client } from "../../runtime-kit/client/index.js";
import { bytesOf } from "./agents.js";
import { startBrowser } from "./pages.js";
import type { Pages, Watched } from "./pages.js";
import { TOKEN, serveFor } from "./served.js";
import type { Served } from "./served.js";
import { serveSite } from "./site.js";
import type { Site } from "./site.js";

let browser: Pages;
let site: Site;
let served: Served;
let relay: Relay;
let open: Watched;
/** How a page gets to the runtime: the relay is the cable between them. */
let way: { readonly url: string; readonly token: string };

beforeAll(async () => {
  leaveNothingBehind();
  [browser, site] = await Promise.all([startBrowser(), serveSite()]);
  served = await serveFor([site.origin], ["--heartbeat", "1"]);
  relay = await relayTo(served.url);
  way = { url: relay.url, token: TOKEN };
});
beforeEach(async () => {
  open = await browser.open(site.origin);
});
afterEach(async () => {
  expect(open.violations).toEqual([]);
  await browser.closeAll();
});
afterAll(async () => {
  relay?.close();
  await Promise.all([browser?.quit(), site?.close(), served?.stop()]);
});

describe("a page", () => {
  it("connects, and is told what the runtime offers", async () => {
    const told = await open.page.evaluate(async ({ url, token }) => {
      const client = await arcp.connect(url, { token, name: "page", version: "1.2.3" });
      const { session, agents } = client;
      const roundTrip = await client.ping();
      await client.close();
      return { session, agents, roundTrip, closed: await client.closed };
    }, way);
    expect(told.session.runtime.name).toBe("arcp");
    expect(told.session.features).toEqual(expect.arrayContaining(["heartbeat", "ack"]));
    const names = told.agents.map(({ name }) => name);
    expect(names.sort()).toEqual(["bytes", "counter", "parrot", "waiter"]);
    expect(told.roundTrip).toBeGreaterThan(0);
    expect(told.closed.error).toBeUndefined();
  });

  it("submits a job and follows its events to its result", async () => {
    const { currents, seqs, result } = await open.page.evaluate(async ({ url, token }) => {
      const client = await arcp.connect(url, { token });
      const job = await client.submit("counter@1.0.0", { to: 20, pauseMs: 0 });
      const currents: number[] = [];
      const seqs: number[] = [];
      for await (const event of job) {
        seqs.push(event.seq);
        if (event.kind === "progress") currents.push(event.body.current);
      }
      const result = await job.result();
      await client.close();
      return { currents, seqs, result };
    }, way);
    expect(currents).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(seqs).toEqual(currents);
    expect(result).toBe("counted to 20");
  });

  it("reads a streamed result as it comes, every byte of it", async () => {
    const size = 5_000_001;
    const got = await open.page.evaluate(
      async ({ url, token, size }) => {
        const client = await arcp.connect(url, { token });
        const job = await client.submit("bytes", { size });
        const bytes = await new Response(job.stream()).arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        await client.close();
        return { length: bytes.byteLength, digest: [...digest] };
      },
      { ...way, size },
    );
    const digest = createHash("sha256").update(bytesOf(size)).digest();
    expect(got).toEqual({ length: size, digest: [...digest] });
  });

  it("cancels a job", async () => {
    const ended = await open.page.evaluate(async ({ url, token }) => {
      const client = await arcp.connect(url, { token });
      const job = await client.submit("waiter");
      for await (const event of job) if (event.kind === "log") await job.cancel("enough of it");
      const error = await job.result().catch((error: unknown) => error);
      await client.close();
      const code = arcp.ArcpError.is(error) ? error.code : String(error);
      return { code, status: job.finalStatus };
    }, way);
    expect(ended).toEqual({ code: "CANCELLED", status: "cancelled" });
  });

  it("lists jobs, by what they are and how they ended", async () => {
    const listed = await open.page.evaluate(async ({ url, token }) => {
      const client = await arcp.connect(url, { token });
      const job = await client.submit("parrot", { text: "polly" });
      await job.result();
      const ids: string[] = [];
      for await (const each of client.jobs({ agent: "parrot", status: ["success"] })) {
        ids.push(each.job_id);
      }
      await client.close();
      return { id: job.id, ids };
    }, way);
    expect(listed.ids).toContain(listed.id);
  });

  it("is told that its token is wrong, and what to do", async () => {
    const told = await open.page.evaluate(async ({ url }) => {
      const error = await arcp.connect(url, { token: "wrong" }).catch((error: unknown) => error);
      if (!arcp.ArcpError.is(error)) return String(error);
      return { code: error.code, hint: error.hint, message: error.message };
    }, way);
    expect(told).toMatchObject({ code: "UNAUTHENTICATED", hint: expect.stringMatching(/token/) });
    expect(JSON.stringify(told)).not.toContain("wrong");
  });
});

/** What a page notes down while it follows a job. */
interface Notes {
  seqs: number[];
  resumed: number;
  attempts: number;
  failures: string[];
  gaps: number;
  result?: string;
}

/** Has the page follow a counter, and note what happens to it, while the test does things to its line. */
async function follow({ page }: Watched, to: number, url = way.url): Promise<void> {
  await page.evaluate(
    async ({ url, token, to }) => {
      const notes: Notes = { seqs: [], resumed: 0, attempts: 0, failures: [], gaps: 0 };
      Object.assign(globalThis, { notes });
      const client = await arcp.connect(url, {
        token,
        reconnect: { minDelayMs: 20, maxDelayMs: 100 },
        on: {
          reconnecting: ({ error }) => {
            notes.attempts += 1;
            notes.failures.push(error.message);
          },
          resumed: () => void (notes.resumed += 1),
          gap: () => void (notes.gaps += 1),
        },
      });
      const job = await client.submit("counter", { to, pauseMs: 5 });
      void (async () => {
        for await (const event of job) notes.seqs.push(event.seq);
        notes.result = String(await job.result());
      })();
    },
    { ...way, url, to },
  );
}

/** Until the notes of the page are so; gives them. */
async function notesOnce({ page }: Watched, holds: (notes: Notes) => boolean): Promise<Notes> {
  const notes = (): Promise<Notes> =>
    page.evaluate(() => (globalThis as unknown as { notes: Notes }).notes);
  for (;;) {
    const now = await notes();
    if (holds(now)) return now;
  }
}

function numbersTo(to: number): number[] {
  return Array.from({ length: to }, (_, at) => at + 1);
}

describe("a page whose line is cut", () => {
  it("resumes, and reads every event once and in order", async () => {
    await follow(open, 200);
    for (const read of [20, 60, 100]) {
      const { resumed } = await notesOnce(open, ({ seqs }) => seqs.length >= read);
      relay.cut();
      await notesOnce(open, (notes) => notes.resumed > resumed);
    }
    const notes = await notesOnce(open, ({ result }) => result !== undefined);
    expect(notes).toMatchObject({ seqs: numbersTo(200), resumed: 3, gaps: 0 });
    expect(notes.result).toBe("counted to 200");
  });

  it("goes on trying while it is offline, and resumes when it is back", async () => {
    await follow(open, 200);
    await notesOnce(open, ({ seqs }) => seqs.length >= 20);
    await open.context.setOffline(true);
    relay.cut();
    const offline = await notesOnce(open, ({ attempts }) => attempts >= 3);
    expect(offline.resumed).toBe(0);
    expect(offline.failures.at(-1)).toContain("the connection did not open");
    await open.context.setOffline(false);
    const notes = await notesOnce(open, ({ result }) => result !== undefined);
    expect(notes).toMatchObject({ seqs: numbersTo(200), resumed: 1, gaps: 0 });
  });
});

function typeOf(payload: string | Buffer): string {
  return (JSON.parse(String(payload)) as { type: string }).type;
}

describe("heartbeats", () => {
  it("keep a session alive in which nothing else happens", async () => {
    const sent: string[] = [];
    let pongs = 0;
    const heard = new Promise<void>((resolve) => {
      open.page.on("websocket", (socket) => {
        socket.on("framesent", ({ payload }) => sent.push(typeOf(payload)));
        socket.on("framereceived", ({ payload }) => {
          if (typeOf(payload) === "session.pong") pongs += 1;
          // Two intervals at least, after which a silent peer is given up.
          if (pongs === 4) resolve();
        });
      });
    });
    await open.page.evaluate(async ({ url, token }) => {
      Object.assign(globalThis, { client: await arcp.connect(url, { token, reconnect: false }) });
    }, way);
    await heard;
    const alive = await open.page.evaluate(() =>
      (globalThis as unknown as { client: Client }).client.ping(),
    );
    expect(alive).toBeGreaterThan(0);
    expect(sent).toContain("session.ping");
  });

  it("find out that the runtime has fallen silent, and the session resumes when it speaks again", async () => {
    const own = await serveFor([site.origin], ["--heartbeat", "1"]);
    try {
      await follow(open, 500, own.url);
      await notesOnce(open, ({ seqs }) => seqs.length >= 20);
      own.freeze();
      const silent = await notesOnce(open, ({ attempts }) => attempts >= 1);
      expect(silent.failures[0]).toContain("HEARTBEAT_LOST");
      own.thaw();
      const notes = await notesOnce(open, ({ result }) => result !== undefined);
      expect(notes).toMatchObject({ seqs: numbersTo(500), gaps: 0 });
      expect(notes.resumed).toBeGreaterThan(0);
    } finally {
      await own.stop();
    }
  });
});

describe("a tab that is closed", () => {
  it("takes no job with it, and another tab sees how the job ends", async () => {
    await follow(open, 200);
    await notesOnce(open, ({ seqs }) => seqs.length >= 10);
    await open.page.close();
    const other = await browser.open(site.origin);
    const status = await other.page.evaluate(async ({ url, token }) => {
      const client = await arcp.connect(url, { token });
      for (;;) {
        const found: string[] = [];
        for await (const job of client.jobs({ agent: "counter", limit: 1 })) found.push(job.status);
        if (found[0] !== "running" && found[0] !== "pending") return found[0];
      }
    }, way);
    expect(status).toBe("success");
    expect(other.violations).toEqual([]);
  });
});
