import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { auditUpstream } from "./upstream.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-upstream-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(where: string | undefined) {
  const said: string[] = [];
  const code = await auditUpstream(root, where, (text) => said.push(text));
  return { code, said: said.join("\n") };
}

it("says what it does not run where nobody has the drafts", async () => {
  const { code, said } = await run(undefined);
  expect(code).toBe(0);
  expect(said).toMatch(/^not run: the audits of the upstream drafts .*1\.1/);
  expect(said).toContain("set ARCP_UPSTREAM to a folder");
});

it("fails for a draft that is missing, and for one that is another", async () => {
  await cp(join(root, "codegen/fixtures/audit/other-form.md"), join(folder, "draft-arcp-1.1.md"));
  const { code, said } = await run(folder);
  expect(code).toBe(1);
  expect(said).toMatch(
    /^1\.1: exit 1: 4 of 5 JSON blocks read, \d+ normative sentences, \d+ differences accepted, \d+ beyond$/m,
  );
  expect(said).toContain("[only-theirs:message:job.pause]");
  await rm(join(folder, "draft-arcp-1.1.md"));
  expect(await run(folder)).toMatchObject({
    code: 1,
    said: expect.stringContaining("1.1: there is no "),
  });
});
