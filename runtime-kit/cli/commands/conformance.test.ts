import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeChild } from "../../../conformance/run/fake-child.test-helper.js";
import { serve } from "../../hosts/node.js";
import type { Serving } from "../../hosts/node.js";
import { bearer, createRuntime } from "../../node.js";
import { conformanceScripts } from "../agents/conformance-script.js";
import { arcpDone } from "../io.test-helper.js";

let server: Serving;
let folder: string;

beforeAll(async () => {
  const runtime = createRuntime({ agents: conformanceScripts, auth: bearer({ t: "a", u: "b" }) });
  server = await serve(runtime, { port: 0 });
  folder = await mkdtemp(join(tmpdir(), "arcp-report-"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const suite = (...argv: string[]) =>
  arcpDone(["conformance", "runtime", server.url, "--token", "t", ...argv]);

describe("arcp conformance runtime", () => {
  it("runs the checks that were asked for, and prints the result", async () => {
    const { exit, stdout } = await suite("--only", "8.4/assembles", "--token-b", "u");
    expect(stdout).toContain("CONFORMANT");
    expect(exit).toBe(0);
  });

  it("prints NDJSON that is the report", async () => {
    const { exit, records } = await suite("--only", "8.4/assembles", "--json", "--report", folder);
    expect(exit).toBe(0);
    expect(records()).toHaveLength(2);
    expect(records()[0]).toMatchObject({
      check: { id: "runtime/8.4/assembles", verdict: "pass" },
    });
    const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as object;
    const { result } = records()[1]!;
    expect(report).toMatchObject(result as object);
    expect(await readFile(join(folder, "report.json"), "utf8")).not.toContain('"t"');
  });

  it("has exit codes of its own", async () => {
    const none = await suite("--only", "nothing-is-called-so");
    expect([none.exit, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toBe("arcp: no check has nothing-is-called-so in its id\n");
    const wrong = ["conformance", "runtime", server.url, "--token", "wrong"];
    const refused = await arcpDone(wrong);
    expect([refused.exit, refused.stdout]).toEqual([7, ""]);
    expect(refused.stderr).toMatch(/^arcp: ws:\S+: the first hello was refused: UNAUTHENTICATED /);
    const refusedJson = await arcpDone([...wrong, "--json"]);
    expect(refusedJson.records()).toMatchObject([{ error: { code: "UNAUTHENTICATED", exit: 7 } }]);
    const json = await suite("--only", "nothing-is-called-so", "--json");
    expect(json.records()).toMatchObject([{ error: { code: "USAGE", exit: 2 } }]);
    const argv = ["conformance", "runtime", "ws://127.0.0.1:1/arcp", "--token", "t"];
    const nobody = await arcpDone(argv);
    expect(nobody.exit).toBe(4);
    const nobodyJson = await arcpDone([...argv, "--json"]);
    expect(nobodyJson.records()).toMatchObject([{ error: { code: "UNREACHABLE", exit: 4 } }]);
    // The report of an earlier run is not taken for one of this.
    await writeFile(join(folder, "report.json"), '{"checks":[]}');
    const stale = await arcpDone([...argv, "--json", "--report", folder]);
    expect(stale.records()).toMatchObject([{ error: { code: "UNREACHABLE", exit: 4 } }]);
    expect((await arcpDone(["conformance"])).exit).toBe(2);
    expect((await arcpDone(["conformance", "runtime", "ws://h/"])).stderr).toContain("a token is");
    const { stdout } = await arcpDone(["conformance", "runtime", "--help"]);
    expect(stdout).toContain("3  incomplete");
    expect(stdout).toContain("R1  a second principal");
  });

  it("SEC-01 TRN-04 sends no token in plain text to another host, unless that is allowed", async () => {
    const argv = ["conformance", "runtime", "ws://runtime.invalid/arcp", "--token", "t"];
    const refused = await arcpDone([...argv, "--only", "6.2"]);
    expect([refused.exit, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("<url>: ws://runtime.invalid/arcp is another host");
    const allowed = await arcpDone([...argv, "--only", "6.2", "--allow-insecure-remote"]);
    expect(allowed.exit).toBe(4);
    const control = join(folder, "control.json");
    const elsewhere = { start: "true {port}", url: "ws://runtime.invalid:{port}/arcp" };
    await writeFile(control, JSON.stringify(elsewhere));
    const controlled = await suite("--only", "6.2", "--control", control);
    expect([controlled.exit, controlled.stderr]).toEqual([
      2,
      expect.stringContaining("ws:// to another host lets whoever is between read the tokens"),
    ]);
  });

  it("demands a rung where it is told to", async () => {
    // One check runs, another lacks the second principal.
    const some = ["--only", "8.4/assembles", "--only", "6.3/other-principal"];
    const partly = await suite(...some);
    expect(partly.stdout).toContain("CONFORMANT (partial, up to R0)");
    expect(partly.exit).toBe(0);
    const wanting = await suite(...some, "--need", "r1");
    expect(wanting.stdout).toContain("INCOMPLETE (R1 was asked for");
    expect(wanting.exit).toBe(3);
    expect((await suite("--need", "R9")).stderr).toContain("It must be R0, R1, R2 or R3");
  });
});

describe("arcp conformance client", () => {
  // The command line of our own driver, from the sources.
  const cli = fileURLToPath(new URL("../main.ts", import.meta.url));
  const driver = ["--", process.execPath, "--import", "tsx", cli, "conformance", "driver"];
  const client = (...argv: string[]) => arcpDone(["conformance", "client", ...argv]);

  it("tests our own client by its driver, and writes every report", async () => {
    const only = ["--only", "8.3/each-number-once", "--only", "8.4/assembles"];
    const more = ["--json", "--time-scale", "4", "--report", folder];
    const { exit, records } = await client(...only, ...more, ...driver);
    expect(records()).toMatchObject([
      { check: { id: "client/8.3/each-number-once", verdict: "pass" } },
      { check: { id: "client/8.4/assembles", verdict: "pass" } },
      { result: { side: "client", implementation: { name: "arcp" }, complete: true } },
    ]);
    expect(exit).toBe(0);
    for (const name of ["report.html", "junit.xml", "summary.md", "badge.svg", "report.txt"]) {
      expect((await readFile(join(folder, name), "utf8")).length, name).toBeGreaterThan(100);
    }
  });

  it("says in one line why there was no run", async () => {
    const none = await client("--", "no-such-command-anywhere");
    expect([none.exit, none.stdout]).toEqual([4, ""]);
    expect(none.stderr).toMatch(/^arcp: no-such-command-anywhere: the driver cannot start: .*\n$/);
    const silent = await client("--", process.execPath, "-e", "console.log(1)");
    expect(silent.exit).toBe(4);
    expect(silent.stderr).toContain("no JSON object: 1");
    expect((await client("--only", "nothing-is-called-so", ...driver)).exit).toBe(2);
    expect((await client()).exit).toBe(2);
  });
});

describe("arcp conformance runtime --stdio", () => {
  const overStdio = (command: string, ...argv: string[]) =>
    arcpDone(["conformance", "runtime", "--stdio", command, "--time-scale", "0.2", ...argv]);

  it("starts the runtime, and shows no token of the command", async () => {
    const command = `TOKEN=secret-of-the-parent ${fakeChild().address}`;
    const options = ["--token", "secret-of-the-parent", "--only", "6.4/ping-answered"];
    const { exit, stdout } = await overStdio(command, ...options);
    expect(stdout).toContain("CONFORMANT");
    expect(stdout).toContain(" at stdio:TOKEN=(redacted)");
    expect(stdout).not.toContain("secret-of-the-parent");
    expect(exit).toBe(0);
  });

  it("needs no token where the runtime believes who started it", async () => {
    const checks = ["--only", "6.4/ping-answered", "--only", "6.1/wrong-token"];
    const { exit, stdout } = await overStdio(fakeChild().address, ...checks);
    expect(stdout).toContain("1 check (is about tokens");
    expect(exit).toBe(0);
  });

  it("says why there was no run", async () => {
    const { exit, stderr } = await overStdio("echo 'no such module' >&2; exit 3");
    expect(exit).toBe(4);
    expect(stderr).toContain("exited with 3; it said: no such module");
    const both = await arcpDone(["conformance", "runtime", "ws://h/", "--stdio", "x"]);
    expect(both.exit).toBe(2);
    expect(both.stderr).toContain("its <url>, or the command that starts it with --stdio");
    expect((await arcpDone(["conformance", "runtime"])).exit).toBe(2);
  });
});
