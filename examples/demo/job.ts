/** One job over a real WebSocket, whose connection is cut in the middle. */
import { readdir } from "node:fs/promises";
import { connect } from "arcp";
import type { Job } from "arcp";
import { dialWebSocket } from "arcp/websocket";
import { WebSocket } from "ws";
import { relayTo } from "../relay.js";
import { recording } from "./recorder.js";
import { whole } from "./screen.js";
import type { Screen } from "./screen.js";
import type { Served } from "./server.js";

/** What the job came to, and what it took. */
export interface Story {
  readonly report: string;
  /** The number of each event, in the order in which the program read them. */
  readonly seen: readonly number[];
  /** The numbers that each connection brought, the job's end among them. */
  readonly wire: readonly (readonly number[])[];
  readonly wireSize: number;
  readonly calls: number;
  readonly refused: readonly string[];
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly resumed: number;
  /** Times that the client said that events were lost. */
  readonly gaps: number;
  readonly sameSession: boolean;
  readonly ms: number;
}

/** The cable is pulled when this much of the work is done. */
const CUT_AT = 0.4;

/** Submits `repo-report` on `folder` to the runtime, through a relay, and follows it to its end. */
export async function reportOn(folder: string, served: Served, screen: Screen): Promise<Story> {
  const begun = performance.now();
  const relay = await relayTo(served.url);
  const { dial, record } = recording(dialWebSocket(relay.url, { WebSocket }));
  let gaps = 0;
  const client = await connect(dial, {
    token: served.token,
    name: "arcp-demo",
    on: {
      reconnecting: ({ error }) => screen.bad(error.message),
      gap: () => void (gaps += 1),
      resumed: () =>
        screen.good("connected again, and the session resumed; no line of this demo did it"),
    },
  });
  try {
    const { id } = client.session;
    const lease = { "fs.read": [folder, `${folder}/**`] };
    const input = { path: folder, pauseMs: await pauseFor(folder) };
    const job = await client.submit<string>("repo-report", input, { lease });
    screen.fact("job", `${job.id} runs ${job.agent}`);
    screen.fact("lease", `fs.read ${lease["fs.read"].join(" ")}`);
    const followed = await follow(job, screen, () => relay.cut());
    return {
      ...followed,
      report: await job.result(),
      wire: record.connections,
      wireSize: record.size,
      resumed: client.session.resumed,
      gaps,
      sameSession: client.session.id === id,
      ms: performance.now() - begun,
    };
  } finally {
    await client.close();
    relay.close();
  }
}

/** How long the agent rests after each file: so long that a few files take a while too, and many not for ever. */
async function pauseFor(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.length < 20 && entries.every((entry) => entry.isFile()) ? 100 : 3;
}

/** Reads every event, shows the telling ones, and calls `cut` once. */
async function follow(job: Job, screen: Screen, cut: () => void) {
  const seen: number[] = [];
  const refused: string[] = [];
  let [calls, chunks, chunkBytes] = [0, 0, 0];
  let isCut = false;
  for await (const event of job) {
    seen.push(event.seq);
    switch (event.kind) {
      case "tool_call":
        calls += 1;
        break;
      case "tool_result":
        if (event.body.error?.code !== "PERMISSION_DENIED") break;
        refused.push(event.body.error.message);
        screen.bad(`refused, and the agent goes on: ${event.body.error.message}`);
        break;
      case "progress": {
        const { current, total = current, units = "" } = event.body;
        const of = `${whole(current)} of ${whole(total)} ${units}`;
        const text = `${of}, ${whole(calls)} tool calls, ${whole(seen.length)} events`;
        screen.progress({ done: current / total, text });
        if (isCut || current / total < CUT_AT) break;
        isCut = true;
        screen.bad(`event ${seen.length}: now the demo pulls the cable`);
        cut();
        break;
      }
      case "metric":
        screen.fact(
          "metric",
          `${event.body.name} ${whole(event.body.value)} ${event.body.unit ?? ""}`,
        );
        break;
      case "result_chunk": {
        const bytes = Buffer.byteLength(event.body.data);
        chunks += 1;
        chunkBytes += bytes;
        screen.fact(
          "chunk",
          `${event.body.chunk_seq}: ${whole(bytes)} bytes${event.body.more ? "" : ", the last"}`,
        );
        break;
      }
      default: // the rest is counted
    }
  }
  return { seen, refused, calls, chunks, chunkBytes };
}
