/** `kill -9` with a key outstanding at the proxy, and what becomes of it. §9.8.2, §14.5 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { MASTER_KEY, fakeLiteLlm } from "./litellm.test-helper.js";
import type { FakeLiteLlm } from "./litellm.test-helper.js";

const folder = mkdtempSync(join(tmpdir(), "arcp-killed-"));
const helper = fileURLToPath(new URL("killed.test-helper.ts", import.meta.url));
const children: ChildProcess[] = [];
let proxy: FakeLiteLlm;

beforeAll(async () => {
  proxy = await fakeLiteLlm();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await proxy.close();
  rmSync(folder, { recursive: true });
});

function runtime(file: string, what: "submit" | "restart") {
  const args = ["--import", "tsx", helper, join(folder, file), proxy.url, MASTER_KEY, what];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const seen = (pattern: RegExp) =>
    vi.waitFor(() => expect(said).toMatch(pattern), { timeout: 25_000, interval: 20 });
  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  return { seen, kill };
}

it("CRED-11 SEC-20 revokes at its start what a killed process had outstanding", async () => {
  const first = runtime("revoked.db", "submit");
  await first.seen(/^accepted job_\w+ with 1$/m);
  expect(proxy.keys).toHaveLength(1);
  await first.kill();
  expect(proxy.keys).toHaveLength(1);
  const second = runtime("revoked.db", "restart");
  await second.seen(/^\[\]$/m);
  expect(proxy.keys).toHaveLength(0);
  await second.kill();
});

it("CRED-12 SEC-20 tries again while the proxy is away, and shows the operator what is left", async () => {
  const first = runtime("away.db", "submit");
  await first.seen(/^accepted job_\w+ with 1$/m);
  await first.kill();
  let away = 2;
  proxy.interfere = (_request, response) => {
    if (away === 0) return false;
    away -= 1;
    response.destroy();
    return true;
  };
  const second = runtime("away.db", "restart");
  // Known by its job, with the attempts so far and what went wrong; never by its value.
  await second.seen(/"attempts":1/);
  await second.seen(/^\[\]$/m);
  expect(away).toBe(0);
  expect(proxy.keys).toHaveLength(0);
  await second.kill();
});
