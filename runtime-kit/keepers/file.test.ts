import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keeperContract } from "./contract.js";
import { keptInFile } from "./file.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-kept-"));
});
afterAll(() => rm(folder, { recursive: true }));

keeperContract("a file", (place) => keptInFile(join(folder, place)));

const HOST = hostname().replace(/[^\w.]/g, "_");

async function filesOf(name: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.startsWith(name)).sort();
}

async function refusal(path: string): Promise<string> {
  return keptInFile(path)
    .take()
    .then(
      () => "taken",
      (error: Error) => error.message,
    );
}

describe("a session in a file", () => {
  it("is its owner's alone to read, from the first byte on, and leaves nothing beside it", async () => {
    const place = await keptInFile(join(folder, "private")).take();
    await place.save("secret");
    await place.save("secret too");
    expect((await stat(join(folder, "private"))).mode & 0o777).toBe(0o600);
    const beside = await filesOf("private");
    expect(beside).toHaveLength(2);
    expect((await stat(join(folder, beside[1]!))).mode & 0o777).toBe(0o600);
    await place.release();
    expect(await filesOf("private")).toEqual(["private"]);
  });

  it("stays private where an older file was not", async () => {
    const path = join(folder, "public");
    await writeFile(path, "old", { mode: 0o644 });
    await chmod(path, 0o644);
    const place = await keptInFile(path).take();
    await place.save("new");
    await place.release();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("is where a link leads to, and the link stays one", async () => {
    await writeFile(join(folder, "target"), "old");
    await symlink(join(folder, "target"), join(folder, "link"));
    const place = await keptInFile(join(folder, "link")).take();
    expect(await refusal(join(folder, "target"))).toContain("is in use");
    await place.save("new");
    await place.release();
    expect(await readFile(join(folder, "target"), "utf8")).toBe("new");
  });

  it("is whole or untouched when it cannot be written, and says why", async () => {
    const inside = join(folder, "inside");
    const { mkdir } = await import("node:fs/promises");
    await mkdir(inside);
    const place = await keptInFile(join(inside, "s")).take();
    await place.save("whole");
    await rm(join(inside, "s"));
    // A folder in its place can be neither written nor replaced, whoever runs this.
    await mkdir(join(inside, "s", "x"), { recursive: true });
    await expect(place.save("more")).rejects.toThrow(/\[NOT_KEPT\] .*cannot be written: E/);
    expect((await readdir(inside)).filter((name) => name.includes(".new-"))).toEqual([]);
    await place.release();
  });

  it("removes what a process left that died in the middle of a write", async () => {
    await writeFile(join(folder, "torn.new-1-000000000000"), "half");
    await (await keptInFile(join(folder, "torn")).take()).release();
    expect(await filesOf("torn")).toEqual([]);
  });

  it("needs a folder", async () => {
    const path = join(folder, "nowhere", "s");
    expect(await refusal(path)).toMatch(/nowhere\/s cannot be used: ENOENT/);
  });
});

describe("the owner of a file", () => {
  it("is named by its process, and told apart from another client of this one", async () => {
    const path = join(folder, "mine");
    const place = await keptInFile(path).take();
    expect(await refusal(path)).toBe(
      `[NOT_KEPT] ${path} is in use: another client of this process (${process.pid}) has it: close that one first`,
    );
    await place.release();
  });

  it("is a process that runs; one that was killed is no owner", async () => {
    const path = join(folder, "theirs");
    const script = `import { keptInFile } from ${JSON.stringify(new URL("file.ts", import.meta.url).href)};
      const place = await keptInFile(${JSON.stringify(path)}).take();
      await place.save("theirs");
      console.log("has it");
      setInterval(() => {}, 1000);`;
    const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const gone = new Promise((resolve) => child.once("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(await refusal(path)).toContain(
      `is in use: process ${child.pid} has it: end that one first, or go on there`,
    );
    child.kill("SIGKILL");
    await gone;
    const place = await keptInFile(path).take();
    expect(await place.read()).toBe("theirs");
    await place.release();
    expect(await filesOf("theirs")).toEqual(["theirs"]);
  });

  it("is not one whose number another process has by now", async () => {
    // Where the system tells when a process began: this one did not begin at 1.
    const told = await stat("/proc/self/stat").catch(() => undefined);
    const path = join(folder, "reused");
    const started = told === undefined ? "0" : "1";
    await writeFile(`${path}.owner-${process.pid}-${started}-${HOST}-00112233aabb`, "");
    const words = await refusal(path);
    expect(words).toContain(told === undefined ? "is in use" : "taken");
  });

  it("on another machine cannot be asked, so its word stands", async () => {
    const path = join(folder, "shared");
    const file = `${path}.owner-7-1-elsewhere-00112233aabb`;
    await writeFile(file, "");
    expect(await refusal(path)).toBe(
      `[NOT_KEPT] ${path} is in use: process 7 on the machine elsewhere has it; if that is gone, remove ${file}`,
    );
  });
});

it.each([[""], [undefined], [7]])("keptInFile(%j) is refused", (path) => {
  expect(() => keptInFile(path as string)).toThrow("keptInFile: path must be a string");
});
