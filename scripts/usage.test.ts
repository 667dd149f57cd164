/** Every script of package.json that is a program of ours says how it is called, and in one line what is wrong with a call. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The program of a script, from its source: `dist/` need not be there. */
const programs = Object.entries(scripts).flatMap(([name, line]) => {
  const [, path = "", rest = ""] = /(\S+\/\S+\.[tj]s)( \S+)?$/.exec(line) ?? [];
  const program = path.replace(/^dist\//, "").replace(/\.js$/, ".ts");
  return program === "" ? [] : [{ name, args: [program, ...rest.split(" ").filter(Boolean)] }];
});

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", ...args], { stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (out += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (err += piece));
  return new Promise((resolve) => child.once("close", (exit) => resolve({ exit, out, err })));
}

it("finds the programs, in whichever way they are started", () => {
  const names = programs.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["spec:diff", "conformance", "demo", "bench", "torture", "attacks"]),
  );
  const others = Object.keys(scripts).filter((name) => !names.includes(name));
  expect(others).toEqual([
    ...["build", "prepack", "lint", "format", "typecheck"],
    ...["test", "test:browser", "test:secrets"],
  ]);
});

// Two processes a script: what else may be wrong with a call is tried where calls are read.
it.each(programs)("npm run $name", { timeout: 60_000 }, async ({ name, args }) => {
  const [help, unknown] = await Promise.all([
    run(...args, "--help"),
    run(...args, "--no-such-option"),
  ]);
  expect([help.exit, help.err]).toEqual([0, ""]);
  expect(help.out).toMatch(new RegExp(`^usage: npm run ${name}( -- |\n)`));
  expect(unknown).toEqual({
    exit: 2,
    out: "",
    err: "there is no option --no-such-option; see --help\n",
  });
});
