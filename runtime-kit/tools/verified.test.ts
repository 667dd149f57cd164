import { constants } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inDirectory, showsHandles, withFile } from "./verified.js";

const denied = { code: "PERMISSION_DENIED" };
let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "arcp-verified-")));
  await mkdir(join(root, "in"));
  await mkdir(join(root, "out"));
  await writeFile(join(root, "in/a"), "inside");
  await writeFile(join(root, "out/a"), "outside");
});

afterEach(() => rm(root, { recursive: true }));

const text = (handle: FileHandle): Promise<string> => handle.readFile("utf8");
const nobody = (): Promise<never> => Promise.reject(new Error("used"));

/** Both ways to prove a handle; the second is all that there is outside of Linux. */
describe.each([true, false].filter((byHandle) => !byHandle || showsHandles))(
  "a handle, asked for its path: %s",
  (byHandle) => {
    it("is used where it is what was authorised", async () => {
      expect(await withFile(`${root}/in/a`, constants.O_RDONLY, text, byHandle)).toBe("inside");
      expect(await inDirectory(`${root}/in`, (at) => readdir(at), byHandle)).toEqual(["a"]);
      expect(await inDirectory("/", (at) => readdir(at), byHandle)).toContain("tmp");
    });

    it("is not used where a directory became a link", async () => {
      await rename(`${root}/in`, `${root}/moved`);
      await symlink(`${root}/out`, `${root}/in`);
      for (const flags of [constants.O_RDONLY, constants.O_WRONLY | constants.O_CREAT]) {
        await expect(withFile(`${root}/in/a`, flags, nobody, byHandle)).rejects.toMatchObject(
          denied,
        );
      }
      await expect(inDirectory(`${root}/in`, nobody, byHandle)).rejects.toMatchObject(denied);
      expect(await readFile(`${root}/out/a`, "utf8")).toBe("outside");
    });

    it("is not used where the file became a link, even to itself", async () => {
      await rename(`${root}/in/a`, `${root}/in/b`);
      await symlink("b", `${root}/in/a`);
      const opening = withFile(`${root}/in/a`, constants.O_RDWR, nobody, byHandle);
      await expect(opening).rejects.toMatchObject(denied);
    });

    it("does not list a directory that was exchanged during the listing", async () => {
      const listing = inDirectory(
        `${root}/in`,
        async (at) => {
          await rename(`${root}/in`, `${root}/moved`);
          await rename(`${root}/out`, `${root}/in`);
          await writeFile(`${root}/in/b`, "");
          return readdir(at);
        },
        byHandle,
      );
      if (byHandle) expect(await listing).toEqual(["a"]);
      else await expect(listing).rejects.toMatchObject(denied);
    });

    it("is closed, used or not", async () => {
      const before = showsHandles ? (await readdir("/proc/self/fd")).length : 0;
      for (let times = 0; times < 20; times++) {
        await withFile(`${root}/in/a`, constants.O_RDONLY, nobody, byHandle).catch(() => undefined);
        await withFile(`${root}/none/a`, constants.O_RDONLY, nobody, byHandle).catch(
          () => undefined,
        );
        await inDirectory(`${root}/in`, nobody, byHandle).catch(() => undefined);
      }
      const after = showsHandles ? (await readdir("/proc/self/fd")).length : 0;
      expect(after - before).toBeLessThan(5);
    });
  },
);
