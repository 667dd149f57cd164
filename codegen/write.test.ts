import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFolder, recover, updateFolder, writeFolder } from "./write.js";

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "arcp-write-"));
  folder = join(root, "generated", "draft-9.9");
});
afterEach(() => rm(root, { recursive: true }));

const files = [
  { path: "a.ts", text: "a\n" },
  { path: "deep/b.ts", text: "b\n" },
];

async function existing(): Promise<void> {
  await mkdir(join(folder, "old"), { recursive: true });
  await writeFile(join(folder, "a.ts"), "before\n");
  await writeFile(join(folder, "old", "gone.ts"), "gone\n");
}

describe("writeFolder", () => {
  it("makes a folder that was not there", async () => {
    expect(await writeFolder(folder, files)).toEqual({
      added: ["a.ts", "deep/b.ts"],
      changed: [],
      removed: [],
    });
    expect(await readFolder(folder)).toEqual(
      new Map([
        ["a.ts", "a\n"],
        ["deep/b.ts", "b\n"],
      ]),
    );
  });

  it("replaces what changed and removes what nothing makes any more, folders included", async () => {
    await existing();
    expect(await writeFolder(folder, files)).toEqual({
      added: ["deep/b.ts"],
      changed: ["a.ts"],
      removed: ["old/gone.ts"],
    });
    expect((await readdir(folder)).sort()).toEqual(["a.ts", "deep"]);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });

  it("touches nothing that is right already", async () => {
    await writeFolder(folder, files);
    const before = await stat(folder);
    expect(await writeFolder(folder, files)).toEqual({ added: [], changed: [], removed: [] });
    expect((await stat(folder)).ino).toBe(before.ino);
  });

  it("leaves the folder as it was when a file cannot be written", async () => {
    await existing();
    const before = await readFolder(folder);
    const impossible = [...files, { path: "a.ts/below-a-file.ts", text: "" }];
    await expect(writeFolder(folder, impossible)).rejects.toThrow();
    expect(await readFolder(folder)).toEqual(before);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });

  it.each([1, 2])("leaves the folder as it was when move %i of the swap fails", async (nth) => {
    await existing();
    const before = await readFolder(folder);
    let moves = 0;
    const move = async (...[from, to]: Parameters<typeof rename>): Promise<void> => {
      moves += 1;
      if (moves === nth) throw new Error("no space left");
      await rename(from, to);
    };
    await expect(writeFolder(folder, files, move)).rejects.toThrow("no space left");
    expect(await readFolder(folder)).toEqual(before);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });

  it.each([
    ["a folder that was moved away", true],
    ["a folder that is there", false],
  ])("mends what a killed process left: %s", async (_, away) => {
    await existing();
    const before = await readFolder(folder);
    const generated = join(root, "generated");
    // No process has this id: beyond the largest that Linux gives.
    const staging = join(generated, ".staging-4194305-draft-9.9");
    await mkdir(staging);
    await writeFile(join(staging, "half.ts"), "half");
    if (away) await rename(folder, `${staging}-old`);
    await recover(folder);
    expect(await readFolder(folder)).toEqual(before);
    expect(await readdir(generated)).toEqual(["draft-9.9"]);
  });

  it("mends before it writes, and leaves alone what a living process writes", async () => {
    await existing();
    const generated = join(root, "generated");
    const living = `.staging-${process.ppid}-draft-9.9`;
    await mkdir(join(generated, living));
    await rename(folder, join(generated, ".staging-4194305-draft-9.9-old"));
    expect(await writeFolder(folder, files)).toMatchObject({ changed: ["a.ts"] });
    expect((await readdir(generated)).sort()).toEqual([living, "draft-9.9"]);
  });

  it("finds the folder again when it was stopped between the two moves", async () => {
    await existing();
    const before = await readFolder(folder);
    // The process ends here as far as its files tell: nothing after the first move happens.
    const stop = new Promise<never>(() => undefined);
    let stopped = (): void => undefined;
    const reached = new Promise<void>((resolve) => void (stopped = resolve));
    let moves = 0;
    const move = async (...[from, to]: Parameters<typeof rename>): Promise<void> => {
      moves += 1;
      if (moves === 1) return rename(from, to);
      stopped();
      return stop;
    };
    void writeFolder(folder, files, move);
    await reached;
    expect((await readFolder(folder)).size).toBe(0);
    await recover(folder);
    expect(await readFolder(folder)).toEqual(before);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });
});

describe("updateFolder", () => {
  it("ends up with the same files as writeFolder, and moves only what differs", async () => {
    await existing();
    await writeFile(join(folder, "b.ts"), "b\n");
    const before = await stat(join(folder, "b.ts"));
    const wanted = [...files, { path: "b.ts", text: "b\n" }];
    expect(await updateFolder(folder, wanted)).toEqual({
      added: ["deep/b.ts"],
      changed: ["a.ts"],
      removed: ["old/gone.ts"],
    });
    expect([...(await readFolder(folder))]).toEqual([
      ["a.ts", "a\n"],
      ["b.ts", "b\n"],
      ["deep/b.ts", "b\n"],
    ]);
    expect((await stat(join(folder, "b.ts"))).ino).toBe(before.ino);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });

  it.each([1, 2])("puts back what it replaced when move %i fails", async (nth) => {
    await existing();
    const before = await readFolder(folder);
    let moves = 0;
    const move = async (...[from, to]: Parameters<typeof rename>): Promise<void> => {
      moves += 1;
      if (moves === nth) throw new Error("no space left");
      await rename(from, to);
    };
    await expect(updateFolder(folder, files, move)).rejects.toThrow("no space left");
    expect(await readFolder(folder)).toEqual(before);
    expect(await readdir(join(root, "generated"))).toEqual(["draft-9.9"]);
  });
});
