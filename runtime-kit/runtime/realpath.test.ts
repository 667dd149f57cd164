import { lstat, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authorize } from "../leases/enforce.js";
import { compileLease, pathPrefixes, withRealPrefixes } from "../leases/lease.js";
import type { Compiled, CompiledLease } from "../leases/lease.js";
import { realTarget, realTargets, type Disc } from "./realpath.js";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "arcp-realpath-")));
  await mkdir(join(root, "desk/src"), { recursive: true });
  await mkdir(join(root, "outside"));
  await writeFile(join(root, "desk/src/a.ts"), "a");
  await writeFile(join(root, "outside/secret"), "s");
  await symlink(join(root, "outside"), join(root, "desk/out"));
  await symlink(join(root, "outside/secret"), join(root, "desk/secret"));
  await symlink(join(root, "outside/new"), join(root, "desk/dangling"));
  await symlink("dangling", join(root, "desk/twice"));
  await symlink("loop", join(root, "desk/loop"));
  await symlink("desk", join(root, "link"));
  await symlink("src", join(root, "desk/inside"));
});

afterEach(() => rm(root, { recursive: true }));

function compile(request: unknown): CompiledLease {
  const compiled = compileLease(request, { served: ["fs.read", "fs.write"] });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.lease;
}

/** What a runtime does when it accepts a job. */
async function resolveLease(lease: CompiledLease): Promise<Compiled> {
  return withRealPrefixes(lease, await realTargets(pathPrefixes(lease)));
}

describe("the real path of a target (ENF-02, SEC-09)", () => {
  it.each([
    ["desk/src/a.ts", "desk/src/a.ts"],
    ["desk/./src//../src/a.ts", "desk/src/a.ts"],
    ["link/src/a.ts", "desk/src/a.ts"],
    ["desk/inside/a.ts", "desk/src/a.ts"],
    ["desk/secret", "outside/secret"],
    ["desk/out", "outside"],
    ["desk/out/secret", "outside/secret"],
    // What does not exist yet.
    ["desk/new.ts", "desk/new.ts"],
    ["desk/new/deep/er.ts", "desk/new/deep/er.ts"],
    ["desk/out/new", "outside/new"],
    ["desk/out/new/deep", "outside/new/deep"],
    // Dots are resolved before links are: `out/..` is `desk`, whatever `out` is.
    ["desk/out/../secret2", "desk/secret2"],
    // A file is no directory; opening will say so.
    ["desk/src/a.ts/b", "desk/src/a.ts/b"],
  ])("of %s is %s", async (given, real) => {
    expect(await realTarget(`${root}/${given}`)).toBe(`${root}/${real}`);
  });

  it("of the root is the root, and nothing is above it", async () => {
    expect(await realTarget("/")).toBe("/");
    expect(await realTarget("/../..")).toBe("/");
    expect(await realTarget("/../no-such-directory/x")).toBe("/no-such-directory/x");
  });

  it.each([
    ["desk/dangling", /leads nowhere/],
    ["desk/dangling/x/y", /leads nowhere/],
    ["desk/twice", /leads nowhere/],
    ["desk/loop", /cannot be resolved/],
    ["desk/loop/x", /cannot be resolved/],
    ["desk/%2e%2e/x", /encoded/],
    ["desk/a\0", /control/],
    ["desk/a\\b", /backslash/],
    [`desk/${"n".repeat(300)}`, /cannot be resolved/],
  ])("is refused for %.40s", async (given, why) => {
    await expect(realTarget(`${root}/${given}`)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      reason: expect.stringMatching(why),
    });
  });

  it("is refused for a relative path", async () => {
    await expect(realTarget("desk/a")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("does not tell where a refused link leads", async () => {
    const error: unknown = await realTarget(`${root}/desk/dangling`).catch((e: unknown) => e);
    expect(JSON.stringify((error as { toPayload(): unknown }).toPayload())).not.toContain(
      "outside",
    );
  });

  it("ends for the deepest path that there is", async () => {
    const deep = `${root}/desk${"/d".repeat(Math.floor((4090 - root.length - 5) / 2))}`;
    expect(await realTarget(deep)).toBe(deep);
  });
});

/** The disc, and how often it was asked. */
function counting(): Disc & { asked: number } {
  const disc = {
    asked: 0,
    realpath: (path: string) => (disc.asked++, realpath(path)),
    lstat: (path: string) => (disc.asked++, lstat(path)),
  };
  return disc;
}

describe("what the disc is asked", () => {
  it.each([
    ["a file that exists", "desk/src/a.ts", 1],
    ["a new file", "desk/src/new.ts", 3],
    ["a link", "desk/inside/a.ts", 1],
  ])("is little for %s", async (_name, path, most) => {
    const disc = counting();
    await realTarget(`${root}/${path}`, disc);
    expect(disc.asked).toBe(most);
  });

  it("grows with the logarithm of the levels that are missing", async () => {
    const ask = async (levels: number): Promise<number> => {
      const disc = counting();
      const path = `${root}/desk/src${"/d".repeat(levels)}`;
      expect(await realTarget(path, disc)).toBe(path);
      return disc.asked;
    };
    const [some, many] = [await ask(250), await ask(1000)];
    expect(some).toBeLessThanOrEqual(13);
    expect(many - some).toBeLessThanOrEqual(2);
  });

  it("is shared between paths, and the answers are those of one at a time", async () => {
    const deep = "/d".repeat(200);
    const paths = Array.from({ length: 64 }, (_, at) => `${root}/desk/${at}${deep}`);
    const below = Array.from({ length: 64 }, (_, at) => `${root}/desk/gone/x${deep}/${at}`);
    const odd = ["desk/secret", "desk/out/x/y", "desk/loop/x", "desk/dangling/x", "desk/dangling"];
    const all = [...paths, ...below, ...odd.map((path) => `${root}/${path}`), "/", "relative"];
    const disc = counting();
    const real = await realTargets(all, disc);
    for (const path of all) {
      expect([path, real.get(path)]).toEqual([path, await realTarget(path).catch(() => undefined)]);
    }
    const [first, second] = [counting(), counting()];
    await realTargets(paths.slice(0, 16), first);
    await realTargets(paths, second);
    expect(second.asked).toBeLessThan(4.1 * first.asked);
    expect(second.asked).toBeLessThan(2 * paths.length + 16);
    const third = counting();
    await realTargets(below, third);
    // All are below one missing directory: each only asks that it is no dangling link.
    expect(third.asked).toBeLessThan(below.length + 16);
  });

  it("is asked again where a file comes to be between two looks, and not for ever", async () => {
    const disc = counting();
    const late = join(root, "desk/late");
    const once: Disc = {
      realpath: disc.realpath,
      lstat: async (path) => {
        await mkdir(late, { recursive: true });
        return disc.lstat(path);
      },
    };
    expect(await realTarget(`${late}/x`, once)).toBe(`${late}/x`);
    const missing = (): Promise<string> =>
      Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" }));
    const flickering: Disc = { realpath: missing, lstat: () => lstat(root) };
    await expect(realTarget(`${root}/x`, flickering)).rejects.toMatchObject({
      reason: expect.stringMatching(/changes/),
    });
  });

  it("is nothing for a path that is too long in bytes", async () => {
    const disc = counting();
    await expect(realTarget(`/${"é/".repeat(1400)}`, disc)).rejects.toMatchObject({
      reason: expect.stringMatching(/cannot be resolved/),
    });
    expect(disc.asked).toBe(0);
  });
});

describe("a lease on the disc", () => {
  it("covers through a link in its own prefix what the link leads to, and nothing through others", async () => {
    const resolved = await resolveLease(compile({ "fs.read": [`${root}/link/**`] }));
    if (!resolved.ok) throw new Error(resolved.fault.message);
    const [pattern] = resolved.lease.grants[0]!.patterns;
    expect(pattern).toEqual({ written: `${root}/link/**`, matched: `${root}/desk/**` });
    const ask = async (path: string): Promise<boolean> => {
      const target = await realTarget(`${root}/${path}`);
      return authorize(resolved.lease, { namespace: "fs.read", target }).allowed;
    };
    expect(await ask("link/src/a.ts")).toBe(true);
    expect(await ask("desk/src/a.ts")).toBe(true);
    expect(await ask("desk/inside/a.ts")).toBe(true);
    expect(await ask("link/not/yet.ts")).toBe(true);
    expect(await ask("link/secret")).toBe(false);
    expect(await ask("link/out/secret")).toBe(false);
    expect(await ask("link/out/not/yet")).toBe(false);
    expect(await ask("link/out/../../outside/secret")).toBe(false);
  });

  it("stays where it was when the link in its prefix is changed later", async () => {
    const resolved = await resolveLease(compile({ "fs.read": [`${root}/link/**`] }));
    await rm(join(root, "link"));
    await symlink("outside", join(root, "link"));
    const target = await realTarget(`${root}/link/secret`);
    expect(resolved.ok && authorize(resolved.lease, { namespace: "fs.read", target }).allowed).toBe(
      false,
    );
  });

  it("is a fault where a prefix leads nowhere", async () => {
    const lease = compile({ "fs.read": [`${root}/desk/**`], "fs.write": [`${root}/desk/loop/*`] });
    expect(await resolveLease(lease)).toMatchObject({ ok: false, fault: { path: "/fs.write/0" } });
  });
});
