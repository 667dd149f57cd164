import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Room from "../sqlite.js";
import { enter, leave, newGate, shutAtExit } from "./gate.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = here("exit.test-helper.mjs");
const TIMES = 20;

describe("the end of a process with a store in it", () => {
  const folder = mkdtempSync(join(tmpdir(), "arcp-exit-"));
  const module = pathToFileURL(join(folder, "sqlite.js")).href;
  let sqlite: typeof Room.sqlite;
  // Built, since to load the sources takes longer than all that is tested here.
  beforeAll(async () => {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    symlinkSync(here("../../../node_modules"), join(folder, "node_modules"), "junction");
    await build({
      entryPoints: [here("../sqlite.ts"), here("worker.ts")],
      outbase: here(".."),
      outdir: folder,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
    });
    ({ sqlite } = (await import(/* @vite-ignore */ module)) as typeof Room);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("G1 is what was asked for, however much is being committed, and what was acknowledged is there", async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const paths = Array.from({ length: 1 + (time % 3) }, (_, i) =>
        join(folder, `${time}-${i}.db`),
      );
      const args = [PROGRAM, module, `${3 + time}`, `${40 + time}`, ...paths];
      const child = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect([child.status, child.signal], child.stderr).toEqual([40 + time, null]);
      const acknowledged = child.stdout.trim().split("\n").length;
      const store = sqlite(paths[0]!);
      const { logs } = await store.load();
      expect(logs[0]!.length).toBeGreaterThanOrEqual(acknowledged);
      await store.close();
    }
  });

  it("has one listener, however many stores are open, and none once they are closed", async () => {
    const before = process.listenerCount("exit");
    const stores = Array.from({ length: 12 }, (_, i) => sqlite(join(folder, `many-${i}.db`)));
    expect(process.listenerCount("exit")).toBe(before + 1);
    await Promise.all(stores.map((store) => store.close()));
    expect(process.listenerCount("exit")).toBe(before);
  });
});

describe("a gate", () => {
  /** Does what the end of the process would do, and nothing else of it. */
  function endOfProcess() {
    const former = process.listeners("exit");
    return {
      come() {
        for (const listener of process.listeners("exit")) {
          if (!former.includes(listener)) (listener as () => void)();
        }
      },
    };
  }

  it("lets one in after the other, and nobody once the process ends", () => {
    const end = endOfProcess();
    const gate = newGate();
    const open = shutAtExit(gate);
    expect(enter(gate)).toBe(false);
    leave(gate);
    expect(enter(gate)).toBe(true);
    leave(gate);
    end.come();
    expect(enter(gate)).toBe(false);
    end.come();
    expect(enter(gate)).toBe(false);
    open();
  });
});
