import { execFileSync } from "node:child_process";
import {
  link,
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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authorize } from "../leases/enforce.js";
import { compileLease, pathPrefixes, withRealPrefixes } from "../leases/lease.js";
import { realTarget } from "../runtime/realpath.js";
import { ArcpError } from "../wire/errors.js";
import type { ToolContext } from "./context.js";
import { files, type WalkOptions } from "./files.js";

let root: string;
let work: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "arcp-files-")));
  work = join(root, "work");
  await mkdir(join(work, "src/deep"), { recursive: true });
  await mkdir(join(root, "outside"));
  await writeFile(join(work, "a.txt"), "alpha");
  await writeFile(join(work, "B.txt"), "beta");
  await writeFile(join(work, "src/c.ts"), "gamma");
  await writeFile(join(work, "src/deep/d.ts"), "delta");
  await writeFile(join(root, "outside/secret"), "secret");
  await symlink(join(root, "outside"), join(work, "out"));
  await symlink("a.txt", join(work, "same"));
});

afterEach(() => rm(root, { recursive: true }));

interface Call {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  result?: unknown;
}

/** What the runtime does, with a door between the check and the use for somebody to come through. */
async function context(options: {
  readonly lease?: Readonly<Record<string, readonly string[]>>;
  readonly between?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
}): Promise<ToolContext & { readonly calls: Call[] }> {
  const request = options.lease ?? { "fs.read": [`${work}/**`], "fs.write": [`${work}/**`] };
  const compiled = compileLease(request, { served: ["fs.read", "fs.write"] });
  if (!compiled.ok) throw new Error(compiled.fault.message);
  const real = new Map<string, string>();
  for (const prefix of pathPrefixes(compiled.lease)) real.set(prefix, await realTarget(prefix));
  const resolved = withRealPrefixes(compiled.lease, real);
  if (!resolved.ok) throw new Error(resolved.fault.message);
  const { lease } = resolved;
  const calls: Call[] = [];
  return {
    signal: options.signal ?? new AbortController().signal,
    calls,
    async tool(tool, args, run, { summarise } = {}) {
      const call: Call = { tool, args };
      calls.push(call);
      const asked = String(args["path"]);
      const target = await realTarget(asked);
      const verdict = authorize(lease, { namespace: tool, target, asked });
      if (!verdict.allowed) {
        throw new ArcpError(verdict.code, verdict.message, { details: verdict.details });
      }
      await options.between?.();
      const value = await run({ namespace: tool, target });
      call.result = summarise?.(value);
      return value;
    },
  };
}

const denied = { code: "PERMISSION_DENIED" };
const failedWith = (agentCode: string): object => ({
  code: "INTERNAL_ERROR",
  retryable: false,
  details: { agent_code: agentCode },
});

describe("reading and writing", () => {
  it("says which method was given no path, and what it was given", async () => {
    const disc = files(await context({})) as unknown as Record<string, (path?: unknown) => unknown>;
    const calls: [words: string, call: () => unknown][] = [
      ["list takes an absolute path, a string; got undefined", () => disc["list"]!()],
      ["read takes an absolute path, a string; got a number", () => disc["read"]!(5)],
      ["stat takes an absolute path, a string; got null", () => disc["stat"]!(null)],
      ["write takes an absolute path, a string; got an array", () => disc["write"]!([])],
      ["write takes a string or bytes (Uint8Array); got undefined", () => disc["write"]!("/a")],
      [
        "walk takes an absolute path, a string; got an object",
        () => (disc["walk"]!({}) as AsyncGenerator).next(),
      ],
    ];
    for (const [reason, call] of calls) {
      const expected = { ...failedWith("INVALID_ARGUMENT"), reason };
      await expect((async () => call())()).rejects.toMatchObject(expected);
    }
  });

  it("reads text and bytes, one operation each, whose events hold no content", async () => {
    const ctx = await context({});
    const disc = files(ctx);
    expect(await disc.read(`${work}/a.txt`)).toBe("alpha");
    expect(await disc.read(`${work}/same`)).toBe("alpha");
    expect(await disc.read(`${work}/a.txt`, { encoding: "bytes" })).toEqual(Buffer.from("alpha"));
    expect(ctx.calls[0]).toEqual({
      tool: "fs.read",
      args: { path: `${work}/a.txt` },
      result: { bytes: 5 },
    });
    expect(ctx.calls).toHaveLength(3);
  });

  it("replaces a file as a whole, and creates one", async () => {
    const ctx = await context({});
    await files(ctx).write(`${work}/a.txt`, "é");
    expect(await readFile(`${work}/a.txt`, "utf8")).toBe("é");
    await files(ctx).write(`${work}/src/new.ts`, Uint8Array.of(0, 255));
    expect(await readFile(`${work}/src/new.ts`)).toEqual(Buffer.from([0, 255]));
    expect(ctx.calls[0]).toEqual({
      tool: "fs.write",
      args: { path: `${work}/a.txt`, bytes: 2 },
      result: { bytes: 2 },
    });
  });

  it("keeps every byte of a text, or says that it is none", async () => {
    const disc = files(await context({}));
    await writeFile(`${work}/bom`, "\ufeffé");
    expect(await disc.read(`${work}/bom`)).toBe("\ufeffé");
    await writeFile(`${work}/binary`, Uint8Array.of(0xff, 0xfe));
    await expect(disc.read(`${work}/binary`)).rejects.toMatchObject(failedWith("NOT_UTF8"));
    const large = "x".repeat(600_000);
    await writeFile(`${work}/large`, large);
    expect(await disc.read(`${work}/large`)).toBe(large);
  });

  it.each(["outside/secret", "work/out/secret", "work/out/new", "work/../outside/secret"])(
    "is refused for %s",
    async (path) => {
      const disc = files(await context({}));
      await expect(disc.read(`${root}/${path}`)).rejects.toMatchObject(denied);
      await expect(disc.write(`${root}/${path}`, "x")).rejects.toMatchObject(denied);
      await expect(disc.list(`${root}/${path}`)).rejects.toMatchObject(denied);
      await expect(disc.stat(`${root}/${path}`)).rejects.toMatchObject(denied);
      expect(await readdir(`${root}/outside`)).toEqual(["secret"]);
      expect(await readFile(`${root}/outside/secret`, "utf8")).toBe("secret");
    },
  );

  it("ENF-04 does not write where only reading was leased, not even in part", async () => {
    const disc = files(await context({ lease: { "fs.read": [`${work}/**`] } }));
    await expect(disc.write(`${work}/a.txt`, "x")).rejects.toMatchObject(denied);
    expect(await disc.read(`${work}/a.txt`)).toBe("alpha");
  });

  it("names a failure by the system's code and the path that was asked for", async () => {
    const disc = files(await context({}));
    const missing: unknown = await disc.read(`${work}/none`).catch((error: unknown) => error);
    expect(missing).toMatchObject(failedWith("ENOENT"));
    expect((missing as ArcpError).reason).toBe(
      `fs.read of "${work}/none": ENOENT: no such file or directory`,
    );
    await expect(disc.write(`${work}/none/x`, "x")).rejects.toMatchObject(failedWith("ENOENT"));
    await expect(disc.list(`${work}/a.txt`)).rejects.toMatchObject(failedWith("ENOTDIR"));
    await expect(disc.write(`${work}/src`, "x")).rejects.toMatchObject(failedWith("EISDIR"));
    await expect(disc.read(`${work}/src`)).rejects.toMatchObject(failedWith("NOT_A_FILE"));
  });

  it("does not wait for the other side of a pipe", async () => {
    execFileSync("mkfifo", [`${work}/pipe`]);
    const disc = files(await context({}));
    await expect(disc.read(`${work}/pipe`)).rejects.toMatchObject(failedWith("NOT_A_FILE"));
    await expect(disc.write(`${work}/pipe`, "x")).rejects.toMatchObject(failedWith("ENXIO"));
  });

  it("writes to no device", async () => {
    const disc = files(await context({ lease: { "fs.write": ["/dev/null"] } }));
    await expect(disc.write("/dev/null", "x")).rejects.toMatchObject(failedWith("NOT_A_FILE"));
  });

  it("has limits, and leaves a file alone that it will not replace", async () => {
    const disc = files(await context({}), { maxBytes: 5, maxEntries: 3 });
    expect(await disc.read(`${work}/a.txt`)).toBe("alpha");
    await writeFile(`${work}/six`, "123456");
    await expect(disc.read(`${work}/six`)).rejects.toMatchObject({
      details: { agent_code: "TOO_LARGE", limit: 5 },
    });
    await expect(disc.write(`${work}/a.txt`, "123456")).rejects.toMatchObject({
      details: { agent_code: "TOO_LARGE" },
    });
    expect(await readFile(`${work}/a.txt`, "utf8")).toBe("alpha");
    await expect(disc.list(work)).rejects.toMatchObject({
      details: { agent_code: "TOO_MANY_ENTRIES", limit: 3 },
    });
  });

  it.runIf(process.platform === "linux")("limits files that do not know their size", async () => {
    const ctx = await context({ lease: { "fs.read": ["/proc/**"] } });
    expect(await files(ctx).read("/proc/sys/kernel/ostype")).toBe("Linux\n");
    await expect(files(ctx, { maxBytes: 3 }).read("/proc/sys/kernel/ostype")).rejects.toMatchObject(
      {
        details: { agent_code: "TOO_LARGE" },
      },
    );
  });

  it("stops at the signal, with its reason, before anything is touched", async () => {
    const controller = new AbortController();
    const reason = new ArcpError("CANCELLED", "enough");
    const between = async (): Promise<void> => controller.abort(reason);
    const ctx = await context({ signal: controller.signal, between });
    await expect(files(ctx).write(`${work}/a.txt`, "x")).rejects.toBe(reason);
    expect(await readFile(`${work}/a.txt`, "utf8")).toBe("alpha");
    await expect(files(ctx).read(`${work}/a.txt`)).rejects.toBe(reason);
    await expect(files(ctx).stat(`${work}/a.txt`)).rejects.toBe(reason);
  });
});

describe("looking around", () => {
  it("lists by code unit, one operation a directory", async () => {
    const ctx = await context({});
    expect(await files(ctx).list(work)).toEqual([
      { name: "B.txt", path: `${work}/B.txt`, kind: "file" },
      { name: "a.txt", path: `${work}/a.txt`, kind: "file" },
      { name: "out", path: `${work}/out`, kind: "link" },
      { name: "same", path: `${work}/same`, kind: "link" },
      { name: "src", path: `${work}/src`, kind: "directory" },
    ]);
    expect(ctx.calls).toEqual([
      { tool: "fs.read", args: { path: work, action: "list" }, result: { entries: 5 } },
    ]);
  });

  it("tells what stands at a path, or that nothing does", async () => {
    const disc = files(await context({ lease: { "fs.read": ["/**"] } }));
    expect(await disc.stat(`${work}/a.txt`)).toMatchObject({ kind: "file", bytes: 5 });
    expect(await disc.stat(`${work}/same`)).toMatchObject({ kind: "file", bytes: 5 });
    expect(await disc.stat(`${work}/out`)).toMatchObject({ kind: "directory" });
    expect(await disc.stat("/")).toMatchObject({ kind: "directory" });
    expect(await disc.stat(`${work}/none`)).toBeUndefined();
    expect(await disc.stat(`${work}/none/below`)).toBeUndefined();
    expect(await disc.stat(`${work}/a.txt/below`)).toBeUndefined();
  });

  it("walks parents first, past links, one operation a directory", async () => {
    const ctx = await context({});
    expect(await walked(ctx)).toEqual([
      "B.txt",
      "a.txt",
      "out",
      "same",
      "src",
      "src/c.ts",
      "src/deep",
      "src/deep/d.ts",
    ]);
    expect(ctx.calls.map(({ args }) => args["path"])).toEqual([
      work,
      `${work}/src`,
      `${work}/src/deep`,
    ]);
  });

  it("leaves out what is ignored, unseen", async () => {
    const ctx = await context({});
    expect(await walked(ctx, { ignore: ({ name }) => name === "src" })).not.toContain("src/c.ts");
    expect(ctx.calls).toHaveLength(1);
  });

  it("ends at a directory that it may not list, unless somebody wants to know", async () => {
    const lease = { "fs.read": [`${work}/*`, work, `${work}/src/c.ts`] };
    await mkdir(`${work}/src/back\\slash`);
    await expect(walked(await context({}))).rejects.toMatchObject(denied);
    const seen: string[] = [];
    const paths = await walked(await context({ lease }), {
      unreadable: ({ name }, error) => seen.push(`${name} ${error.code}`),
    });
    expect(seen).toEqual(["back\\slash PERMISSION_DENIED", "deep PERMISSION_DENIED"]);
    expect(paths).toContain("src/c.ts");
  });

  it("ends with the job, whoever wants to know of directories", async () => {
    const controller = new AbortController();
    const reason = new ArcpError("CANCELLED", "enough");
    const ctx = await context({ signal: controller.signal });
    const ignore = (): boolean => {
      controller.abort(reason);
      return false;
    };
    await expect(walked(ctx, { ignore, unreadable: () => undefined })).rejects.toBe(reason);
  });
});

describe("somebody between the check and the use", () => {
  it("puts a link in the place of the directory", async () => {
    await writeFile(`${root}/outside/c.ts`, "outside");
    const ctx = await context({ between: once(toOutside) });
    await expect(files(ctx).read(`${work}/src/c.ts`)).rejects.toMatchObject(denied);
    await expect(files(ctx).read(`${work}/src/c.ts`)).rejects.toMatchObject(denied);
  });

  it("gets nothing created or truncated by it", async () => {
    await writeFile(`${root}/outside/c.ts`, "outside");
    const ctx = await context({ between: once(toOutside) });
    await expect(files(ctx).write(`${work}/src/c.ts`, "x")).rejects.toMatchObject(denied);
    expect(await readFile(`${root}/outside/c.ts`, "utf8")).toBe("outside");
    expect(await readFile(`${root}/moved/c.ts`, "utf8")).toBe("gamma");
  });

  it("gets no new file by it", async () => {
    const ctx = await context({ between: once(toOutside) });
    await expect(files(ctx).write(`${work}/src/new`, "x")).rejects.toMatchObject(denied);
    expect(await readdir(`${root}/outside`)).toEqual(["secret"]);
  });

  it("gets no other directory listed or looked at", async () => {
    const listing = await context({ between: once(toOutside) });
    await expect(files(listing).list(`${work}/src`)).rejects.toMatchObject(denied);
    await rm(`${work}/src`);
    await rename(`${root}/moved`, `${work}/src`);
    const looking = await context({ between: once(toOutside) });
    await expect(files(looking).stat(`${work}/src/secret`)).rejects.toMatchObject(denied);
  });

  it.each(["c.ts", "new"])("puts a link in the place of the file src/%s", async (name) => {
    const between = async (): Promise<void> => {
      await rm(`${work}/src/${name}`, { force: true });
      await symlink(`${root}/outside/secret`, `${work}/src/${name}`);
    };
    const writing = await context({ between: once(between) });
    await expect(files(writing).write(`${work}/src/${name}`, "x")).rejects.toMatchObject(denied);
    expect(await readFile(`${root}/outside/secret`, "utf8")).toBe("secret");
    await rm(`${work}/src/${name}`);
    await writeFile(`${work}/src/${name}`, "");
    const reading = await context({ between: once(between) });
    await expect(files(reading).read(`${work}/src/${name}`)).rejects.toMatchObject(denied);
  });

  it("puts a dangling link there, through which nothing is created", async () => {
    const between = (): Promise<void> => symlink(`${root}/outside/new`, `${work}/src/new`);
    const ctx = await context({ between: once(between) });
    await expect(files(ctx).write(`${work}/src/new`, "x")).rejects.toMatchObject(denied);
    expect(await readdir(`${root}/outside`)).toEqual(["secret"]);
  });

  it("has limits that are numbers, under names that there are", async () => {
    const ctx = await context({});
    expect(() => files(ctx, { maxByte: 5 } as never)).toThrow(
      'files: there is no option "maxByte"',
    );
    expect(() => files(ctx, { maxBytes: "5" } as never)).toThrow(
      "files: maxBytes must be a number",
    );
  });

  it("cannot be told from the file's owner if it is a hard link", async () => {
    await link(`${root}/outside/secret`, `${work}/hard`);
    expect(await files(await context({})).read(`${work}/hard`)).toBe("secret");
  });
});

async function walked(ctx: ToolContext, options?: WalkOptions): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of files(ctx).walk(work, options)) {
    paths.push(entry.path.slice(work.length + 1));
  }
  return paths;
}

async function toOutside(): Promise<void> {
  await rename(`${work}/src`, `${root}/moved`);
  await symlink(`${root}/outside`, `${work}/src`);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await action();
  };
}
