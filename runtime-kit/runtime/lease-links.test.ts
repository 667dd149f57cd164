/** What a policy decides about is what will be reached, whatever links a lease is written through. §9.1, §14.2, SEC-07, SEC-09 */
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { covers } from "../leases/plain.js";
import { createRuntime } from "../node.js";
import { testAgent } from "../testing/index.js";
import { files } from "../tools/files.js";
import { ArcpError } from "../wire/errors.js";
import type { Policy } from "./policy.js";
import { agentOf } from "./raw-client.test-helper.js";

let root: string;
let desk: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "arcp-links-")));
  desk = join(root, "desk");
  await mkdir(join(desk, "in/deep"), { recursive: true });
  await mkdir(join(root, "private"));
  await writeFile(join(root, "private/key"), "a secret");
  await writeFile(join(desk, "in/key"), "inside");
  await symlink("../private", join(desk, "up"));
  await symlink("in", join(desk, "alias"));
});

afterEach(() => rm(root, { recursive: true }));

/** What an agent reads at `path` with this lease, and what the client is told that its lease is. */
async function reads(path: string, patterns: readonly string[], lease: Policy["lease"]) {
  const reader = agentOf(async (_input, ctx) => ({
    lease: ctx.lease,
    text: await files(ctx)
      .read(path)
      .catch((error: ArcpError) => error.code),
  }));
  const asked = { "fs.read": patterns };
  const options = { lease: asked, policy: lease && { lease }, createRuntime };
  const run = await testAgent<{ readonly lease: object; readonly text: string }>(
    reader,
    null,
    options,
  );
  return run.result();
}

const onlyDesk: NonNullable<Policy["lease"]> = ({ lease }) =>
  (lease["fs.read"] ?? []).every((pattern) => covers("fs.read", `${desk}/**`, pattern))
    ? undefined
    : new ArcpError("PERMISSION_DENIED", "only below the desk");

describe("SEC-09: a lease that is written through a link", () => {
  it.each(["up/**", "up/key", "up/new/*", "up"])(
    "is judged by where it leads: %s is not below the desk",
    async (pattern) => {
      const asked = reads(join(desk, "up/key"), [join(desk, pattern)], onlyDesk);
      await expect(asked).rejects.toMatchObject({
        code: "PERMISSION_DENIED",
        reason: "only below the desk",
      });
    },
  );

  it("to what may be had passes, and the client is told what it wrote", async () => {
    const patterns = [join(desk, "alias/**")];
    const told = { lease: { "fs.read": patterns }, text: "inside" };
    expect(await reads(join(desk, "alias/key"), patterns, onlyDesk)).toEqual(told);
    // As a policy does that takes something else away.
    const narrows: Policy["lease"] = ({ lease }) => ({ lease: { ...lease } });
    expect(await reads(join(desk, "alias/key"), patterns, narrows)).toEqual(told);
  });

  it("shows a policy its patterns as they are compared, in every namespace", async () => {
    const shown: unknown[] = [];
    await testAgent(
      agentOf(() => 1),
      null,
      {
        lease: {
          "fs.read": [`${desk}//./alias/*`, join(desk, "alias/key"), join(desk, "al*/**")],
          "net.fetch": ["HTTPS://Example.COM:443/a/./b"],
          "cost.budget": ["USD:1.50"],
        },
        policy: { lease: ({ lease }) => void shown.push(lease) },
        createRuntime,
      },
    );
    expect(shown).toEqual([
      {
        "fs.read": [join(desk, "in/*"), join(desk, "in/key"), join(desk, "al*/**")],
        "net.fetch": ["https://example.com/a/b"],
        "cost.budget": ["USD:1.50"],
      },
    ]);
  });

  it("that is made after the decision reaches nothing", async () => {
    const swapped: Policy["lease"] = async (ask) => {
      const answer = await onlyDesk(ask);
      await rename(join(desk, "in"), join(desk, "away"));
      await symlink("../private", join(desk, "in"));
      // Looked up once more, the pattern would lead to what is private.
      return answer ?? { lease: ask.lease };
    };
    const { text } = await reads(join(desk, "in/key"), [join(desk, "in/**")], swapped);
    expect(text).toBe("PERMISSION_DENIED");
  });

  it("that turns to another leased place is not what the policy left", async () => {
    await mkdir(join(desk, "out"));
    await writeFile(join(desk, "out/key"), "what was taken away");
    const turns: Policy["lease"] = async ({ lease }) => {
      const [first] = lease["fs.read"] ?? [];
      await rm(join(desk, "alias"));
      await symlink("out", join(desk, "alias"));
      return { lease: { "fs.read": [first!] } };
    };
    const asked = [join(desk, "alias/**"), join(desk, "out/**")];
    expect(await reads(join(desk, "out/key"), asked, turns)).toMatchObject({
      lease: { "fs.read": [join(desk, "alias/**")] },
      text: "PERMISSION_DENIED",
    });
  });

  it("with a longer real path than a pattern may have can be given back", async () => {
    const long = "d".repeat(200);
    const deep = join(root, long, long, long);
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, "key"), "far below");
    await symlink(deep, join(desk, "far"));
    const asked = [join(desk, "far/**")];
    expect(await reads(join(desk, "far/key"), asked, ({ lease }) => ({ lease }))).toEqual({
      lease: { "fs.read": asked },
      text: "far below",
    });
  });
});
