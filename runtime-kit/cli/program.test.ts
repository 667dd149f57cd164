import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serve } from "../hosts/node.js";
import { bearer, createRuntime, defineAgent } from "../node.js";
import { meanings } from "./exit.js";
import { arcpDone } from "./io.test-helper.js";

async function withServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const agents = [defineAgent({ name: "echo", run: (input) => input })];
  const runtime = createRuntime({ agents, auth: bearer({ good: "me" }) });
  const server = await serve(runtime, { port: 0 });
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

describe("arcp", () => {
  it("prints its help, with the table of exit codes, and its version", async () => {
    for (const argv of [[], ["--help"]]) {
      const { exit, stdout } = await arcpDone(argv);
      expect(exit).toBe(0);
      for (const word of ["serve", "submit", "jobs", "agents", "conformance"]) {
        expect(stdout).toContain(word);
      }
      for (const words of Object.values(meanings)) expect(stdout).toContain(words);
    }
    expect((await arcpDone(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await arcpDone([])).stdout).toContain("ARCP_DEBUG");
    for (const command of ["serve", "submit", "jobs", "agents"]) {
      expect((await arcpDone([command, "--help"])).stdout).toContain(`10  ${meanings[10]}`);
    }
    const { stdout } = await arcpDone(["serve", "--help"]);
    for (const word of ["--allowed-origin", "(default: 600)", "One process hosts all"]) {
      expect(stdout.replaceAll(/\s+/g, " ")).toContain(word);
    }
  });

  it.each([
    [["subimt"], "unknown command 'subimt' (Did you mean submit?)"],
    [["submit"], "missing required argument 'agent'"],
    [["submit", "echo", "1", "2"], "too many arguments"],
    [["jobs", "--sttaus", "x"], "unknown option '--sttaus'"],
    [["jobs", "--status", "done"], "must be one of pending, running,"],
    [["jobs", "--limit", "0"], "whole number from 1 to"],
    [["submit", ""], "<agent> is empty; see --help"],
    [["submit", "echo", ""], "[input] is empty; see --help"],
    [["submit", "echo", "--url", ""], "--url is empty; see --help"],
    [["tail", ""], "<job> is empty; see --help"],
    [["doctor", ""], "[url] is empty; see --help"],
    [["dev", import.meta.filename, ""], "<file> is empty; see --help"],
    [["serve", "--agent", "a.js", "--agent", ""], "--agent is empty; see --help"],
    [["serve", "--host="], "--host is empty; see --help"],
    [["conformance", "runtime", "--only", ""], "--only is empty; see --help"],
    [["conformance", "client", "--", ""], "<command> is empty; see --help"],
    [["submit", "echo", "@/"], "INPUT /: it is a folder, not a file"],
    [["submit", "echo", "--token-file", "/"], "--token-file /: it is a folder, not a file"],
    [["serve", "--no-db", "--agent", "/"], "--agent /: it is a folder, not a file"],
    [["serve", "--db", " "], "--db is empty; name a file"],
    [["serve", "--namespace", "foo"], "--namespace foo: it must be name=kind"],
    [["serve", "--db", "/"], "--db /: it is a folder, not a file"],
    [["replay", "--db", "/"], "--db /: it is a folder, not a file"],
    [["serve", "--no-db", "--path", "/a?b"], "a path has neither a query"],
    [["serve", "--no-db", "--path", "/a b"], "such as a space"],
    [
      ["conformance", "client", "--report", import.meta.filename, "--", "true"],
      "a folder is needed",
    ],
    [["submit", "echo", "--timeout", "soon"], "number of seconds above 0"],
    [["submit", "echo", "--timeout", "99999999999"], "at most 2147483"],
    [["doctor", "--timeout", "2147484"], "at most 2147483"],
    [["serve", "--drain", "99999999999"], "at most 2147483"],
    [["conformance", "runtime", "--time-scale", "99999999999"], "at most 10000"],
    [["submit", "echo", "{oops}"], 'INPUT is not JSON: unexpected "o" at line 1, column 2'],
    [
      ["submit", "echo", '{"ids":[1,9007199254740993]}'],
      "INPUT at /ids/1: 9007199254740993 is an integer beyond 2^53 - 1, and would be rounded",
    ],
    [["submit", "echo", "1e999"], "INPUT: 1e999 is larger than a number can be"],
    [["submit", "echo", '{"a":1,"a":2}'], "INPUT at /a: stands there twice"],
    [["submit", "echo", "--lease", '{"a":["x"],"a":["y"]}'], "--lease at /a: stands there twice"],
    [["submit", "echo", "hello"], `a string needs quotes: '"hello"'`],
    [["submit", "echo", "@/nowhere.json"], "INPUT /nowhere.json: no such file"],
    [["submit", "echo", "--lease", "fs.read"], "namespace=pattern"],
    [["submit", "echo", "--url", "nowhere"], "--url: "],
    [["submit", "echo", "--url", "ws://h/?token=abc"], "--url: a URL must not hold a token"],
    [["agents", "--token", "a", "--token-file", "b"], "not both"],
    [["serve", "--allowed-origin", "foo/bar"], "an origin as browsers send it"],
    [["serve", "--port", "70000"], "whole number from 0 to 65535"],
    [["serve", "--host", "0.0.0.0", "--token", "t"], "--allow-insecure-remote"],
    [["serve", "--host", "0.0.0.0", "--allow-insecure-remote"], "give a token"],
    [["serve", "--tls-cert", "a.pem"], "belong together"],
    [["serve", "--agent", "/nowhere.js"], "--agent /nowhere.js: no such file"],
    [["serve", "--path", "arcp"], "a path begins with /"],
    [["serve", "--no-db", "--token", "t", "--principal", ""], "--principal is empty; see --help"],
    [["dev", import.meta.filename, "--principal", " "], "--principal: the name is empty"],
  ])("refuses %j in one line", async (argv, words) => {
    const { exit, stdout, stderr } = await arcpDone(argv);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^arcp: [^\n]+\n$/);
    expect(stdout).toBe("");
    expect(exit).toBe(2);
    const json = await arcpDone([...argv, "--json"]);
    expect(json.exit).toBe(2);
    expect(json.stderr).toBe("");
    expect(json.records()).toEqual([
      { error: { code: "USAGE", message: expect.any(String) as string, exit: 2 } },
    ]);
  });

  it.each([["agents"], ["jobs"], ["submit", "echo"], ["tail", "job_1"], ["cancel", "job_1"]])(
    "SEC-01 TRN-04 sends no token in plain text to another host: %s",
    async (...argv) => {
      const env = { ARCP_TOKEN: "s3cret", ARCP_STATE: "" };
      const words =
        "ws://runtime.invalid/arcp is another host without TLS, and whoever is between could read the token: " +
        "use wss://, or --allow-insecure-remote where nobody is (a tunnel, a network of containers)";
      const url = "http://runtime.invalid/arcp?x=1";
      const flag = await arcpDone([...argv, "--url", url], { env });
      const variable = await arcpDone(argv, { env: { ...env, ARCP_URL: url } });
      expect([flag.exit, variable.exit]).toEqual([2, 2]);
      expect(flag.stderr).toContain(`arcp: --url: ${words}\n`);
      expect(variable.stderr).toContain(`arcp: ARCP_URL: ${words}\n`);
      const allowed = await arcpDone([...argv, "--url", url, "--allow-insecure-remote"], { env });
      expect(allowed.exit).toBe(4);
    },
  );

  it("names the position in a file and on the standard input", async () => {
    const folder = await mkdtemp(join(tmpdir(), "arcp-cli-"));
    await writeFile(join(folder, "in.json"), '{\n  "a": }\n');
    const file = await arcpDone(["submit", "echo", `@${join(folder, "in.json")}`]);
    await rm(folder, { recursive: true });
    expect(file.stderr).toContain('in.json is not JSON: unexpected "}" at line 2, column 8');
    const stdin = await arcpDone(["submit", "echo", "-"], { stdin: "[1," });
    expect(stdin.stderr).toContain("the standard input is not JSON: the text ends too early");
    expect([file.exit, stdin.exit]).toEqual([2, 2]);
    const empty = await arcpDone(["submit", "echo", "-"], { stdin: "\n" });
    expect([empty.exit, empty.stderr]).toEqual([
      2,
      "arcp: the standard input is empty: pipe JSON into it, such as {}\n",
    ]);
  });

  it("says who refused, with the code of the table, and never the token", async () => {
    await withServer(async (url) => {
      const env = { ARCP_URL: url, ARCP_TOKEN: "wr0ng-s3cret" };
      const wrong = await arcpDone(["agents"], { env });
      expect(wrong.exit).toBe(3);
      expect(wrong.stderr).toMatch(/^arcp: \[UNAUTHENTICATED\] [^\n]+\n$/);
      expect(wrong.stderr).not.toContain("s3cret");
      const absent = await arcpDone(["jobs", "--url", url]);
      expect(absent.exit).toBe(3);
      expect(absent.stderr).toContain("no token was given");

      const good = { env: { ARCP_URL: url, ARCP_TOKEN: "good" } };
      const unknown = await arcpDone(["submit", "ehco", "1"], good);
      expect(unknown.exit).toBe(9);
      expect(unknown.stderr).toMatch(/^arcp: \[AGENT_NOT_AVAILABLE\] [^\n]+\n$/);
      expect(unknown.stderr).toContain("(`arcp agents` lists what can be run)");
      const path = await arcpDone([
        "agents",
        "--url",
        url.replace("/arcp", "/"),
        "--token",
        "good",
      ]);
      expect([path.exit, path.stderr]).toEqual([
        4,
        expect.stringContaining(
          "answered 404 Not Found: there is nothing here (a runtime listens at",
        ),
      ]);
      const version = await arcpDone(["submit", "echo@9", "1", "--json"], good);
      expect(version.exit).toBe(9);
      expect(version.records()).toEqual([
        {
          error: expect.objectContaining({
            code: "AGENT_VERSION_NOT_AVAILABLE",
            exit: 9,
          }) as object,
        },
      ]);
      const lease = await arcpDone(["submit", "echo", "1", "--lease", "fs.read=rel/**"], good);
      expect(lease.exit).toBe(2);
      expect(lease.stderr).toContain("[INVALID_REQUEST]");
    });
  });

  it("says that nobody is there", async () => {
    const url = `ws://127.0.0.1:${await deadPort()}/arcp`;
    const { exit, stderr } = await arcpDone(["submit", "echo", "1", "--url", url]);
    expect(exit).toBe(4);
    expect(stderr).toMatch(/^arcp: \[UNREACHABLE\] cannot connect to ws:[^\n]+\n$/);
    const json = await arcpDone(["jobs", "--url", url, "--json"]);
    expect(json.records()).toEqual([
      { error: expect.objectContaining({ code: "UNREACHABLE", exit: 4 }) as object },
    ]);
  });
});
