/** The steps of `.ci/run`: whatever fails is counted, and said again at the end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const steps = fileURLToPath(new URL("../.ci/steps.sh", import.meta.url));

/** Runs a script of steps until it ends; its exit code, what it says, what it repeats, and its last line. */
async function run(script: string) {
  const folder = await mkdtemp(join(tmpdir(), "arcp-ci-"));
  const output = await open(join(folder, "output"), "w");
  try {
    const file = join(folder, "run");
    await writeFile(file, `set -u\n. '${steps}'\n${script}\nfinish\n`);
    // Not a pipe, which ends when the last process has let go of it.
    const child = spawn("bash", [file], { stdio: ["ignore", output.fd, "inherit"] });
    const [exit] = (await once(child, "exit")) as [number | null];
    const text = await readFile(join(folder, "output"), "utf8");
    const at = text.indexOf("=== failed:");
    const end = text.trimEnd().split("\n").at(-1)!;
    return { exit, text, repeated: at < 0 ? "" : text.slice(at), end };
  } finally {
    await output.close();
    await rm(folder, { recursive: true });
  }
}

it("counts what passes, and is true", async () => {
  const done = await run(`step "one" true\nstep "two" bash -c 'echo FAIL; exit 0'`);
  expect(done).toMatchObject({ exit: 0, repeated: "", end: "2 passed, 0 failed" });
});

it("has the exit code of the command, and says again what it ended with", async () => {
  const { exit, repeated, end } = await run(
    `step "good" echo fine
     step "bad" bash -c 'echo early; for i in $(seq 100); do echo line $i; done; echo last >&2; exit 7'`,
  );
  expect([exit, end]).toEqual([1, "1 passed, 1 failed"]);
  expect(repeated).toMatch(/^=== failed: bad\n\[42 lines\]\nline 42\n/);
  expect(repeated).toContain("line 100\nlast\n\nfailed:\n  bad (exit code 7)\n");
  expect(repeated).not.toContain("fine");
});

it("says again where tests failed, and no more than 150 lines of a step", async () => {
  const { repeated } = await run(
    `step "tests" bash -c 'seq -f "log %g" 500; echo "Error: expected, and logged"; seq -f "more %g" 500
       for t in 1 2 3 4 5 6 7 8 9; do
         echo " FAIL a.test.ts > test $t"; echo "AssertionError: of $t"; seq -f "diff $t %g" 60
       done
       seq -f "end %g" 70; exit 1'`,
  );
  expect(repeated).toContain(" FAIL a.test.ts > test 1\nAssertionError: of 1\ndiff 1 1\n");
  expect(repeated).toContain("end 70\n");
  expect(repeated).not.toContain("log 500");
  const body = repeated.slice(repeated.indexOf("\n") + 1, repeated.indexOf("\n\nfailed:"));
  expect(body.split("\n").filter((line) => !/^\[\d+ lines\]$/.test(line))).toHaveLength(150);
});

it("does not wait for what a step left running", async () => {
  const { end, text } = await run(`step "left" bash -c 'sleep 60 & echo "left $!"'`);
  expect(end).toBe("1 passed, 0 failed");
  // It still runs, or this throws.
  process.kill(Number(/^left (\d+)$/m.exec(text)![1]), "SIGKILL");
});
