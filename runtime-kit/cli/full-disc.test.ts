/** `arcp serve` on a disc that is really full: what it says, how it ends, and what its clients have in the end. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../node.js";
import { dialWs } from "../transports/ws.js";
import { bin } from "./process.test-helper.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-full-"));
});
afterEach(() => rm(folder, { recursive: true }));

const JOBS = 40;
const INPUT = "x".repeat(20_000);

/**
 * A disc with little room, for the shell that uses it alone: where that may be had a file system in memory, which is
 * full, otherwise a limit on the size of files, which the system reports as an error. And how room is made on it.
 */
function smallDisc(): { readonly shell: readonly string[]; small(): string; large(): string } {
  const mount = (size: string, how = "") => `mount -t tmpfs -o ${how}size=${size} tmpfs "$DIR"`;
  for (const unshare of ["unshare -m", "unshare -rm"]) {
    const shell = [...unshare.split(" "), "sh", "-c"];
    const tried = [...shell.slice(1), mount("512k")];
    const { status } = spawnSync("unshare", tried, { env: { ...process.env, DIR: folder } });
    if (status !== 0) continue;
    return { shell, small: () => mount("512k"), large: () => mount("64m", "remount,") };
  }
  return {
    shell: ["sh", "-c"],
    small: () => "ulimit -S -f 800",
    large: () => "ulimit -S -f unlimited",
  };
}

describe("arcp serve on a full disc", () => {
  it("G1 G6 ends with what to do, and loses nothing: clients go on once there is room", async () => {
    const disc = smallDisc();
    const serve = `"$NODE" --import "$TSX" "$BIN" serve --json --port 0 --token t --db "$DIR/a.db"`;
    const script = `${disc.small()} && ${serve}; echo "exit $?"; ${disc.large()} && exec ${serve}`;
    const [command = "sh", ...args] = disc.shell;
    // A group of its own: the shell alone would leave the runtime behind.
    const child = spawn(command, [...args, script], {
      detached: true,
      env: {
        ...process.env,
        ...{ DIR: folder, NODE: process.execPath, BIN: bin, TSX: import.meta.resolve("tsx") },
      },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += String(data)));
    child.stderr.on("data", (data: Buffer) => (stderr += String(data)));
    const ended = new Promise((resolve) => child.once("close", resolve));
    try {
      const addresses = () => [...stdout.matchAll(/"listening":"([^"]+)"/g)].map(([, url]) => url!);
      await expect.poll(addresses, { timeout: 20_000 }).toHaveLength(1);
      await using client = await connect((options) => dialWs(addresses().at(-1)!)(options), {
        token: "t",
        reconnect: { minDelayMs: 10, maxDelayMs: 200 },
      });
      for (let at = 0; at < JOBS; at += 1) {
        // An agent that the failure interrupted may not be started again, which its job says: then it is asked anew.
        const ask = async (key: string) =>
          (await client.submit("echo", { at, INPUT }, { idempotencyKey: key })).result();
        const result = await ask(`${at}`).catch(() => ask(`${at}.again`));
        expect(result).toMatchObject({ at });
      }
      expect(addresses(), stderr).toHaveLength(2);
      expect(stdout).toContain("exit 1\n");
      const said = /"message":"the store failed, and nothing is served any more: ([^"]*)"/.exec(
        stdout,
      );
      expect(said?.[1]).toContain(`${folder}/a.db: the disc`);
      expect(said?.[1]).toMatch(/(make room|look after it), then start again/);
      const listed = [];
      for await (const { job_id: id } of client.jobs()) listed.push(id);
      expect(new Set(listed).size).toBe(listed.length);
      expect(listed.length).toBeGreaterThanOrEqual(JOBS);
      expect(listed.length).toBeLessThanOrEqual(JOBS + 1);
    } finally {
      if (child.exitCode === null) process.kill(-child.pid!, "SIGTERM");
      await ended;
    }
  });
});
