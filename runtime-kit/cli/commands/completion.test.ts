/** What the scripts do, asked of the shells themselves: bash always, zsh and fish where they are. */
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allOf, modelOf } from "../completion/model.js";
import { arcpDone } from "../io.test-helper.js";
import { programOf } from "../program.js";
import { unused } from "../program.test-helper.js";

const model = modelOf(programOf(unused(), () => undefined));
const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const present = SHELLS.filter((shell) => {
  try {
    execFileSync(shell, ["-c", "exit 0"]);
    return true;
  } catch {
    return false;
  }
});

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "arcp-completion-")));
  await mkdir(join(folder, "reports dir"));
  for (const name of ["agent.ts", "my agent.js"]) await writeFile(join(folder, name), "");
  for (const shell of SHELLS) {
    const { exit, stdout } = await arcpDone(["completion", shell]);
    expect(exit).toBe(0);
    await writeFile(join(folder, `script.${shell}`), stdout);
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function run(shell: Shell, script: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(shell, ["-c", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, TERM: "dumb" },
    // A shell that waits for what does not come would outlive the test.
    timeout: 25_000,
    killSignal: "SIGKILL",
  });
  return stdout.split("\n").filter((line) => line !== "");
}

const quoted = (word: string): string => `'${word}'`;

/** What each shell offers for the last of the words. */
const offers: Readonly<Record<Shell, (words: readonly string[]) => Promise<string[]>>> = {
  bash: (words) =>
    run(
      "bash",
      `source script.bash; COMP_WORDS=(${words.map(quoted).join(" ")}); COMP_CWORD=${words.length - 1}
       $(complete -p arcp | sed 's/.*-F \\([^ ]*\\).*/\\1/') 2>/dev/null
       printf '%s\\n' "\${COMPREPLY[@]}"`,
    ),
  // A terminal of its own, since zsh completes nowhere else; \`compadd\` is where all that is offered passes by.
  zsh: async (words) => {
    const line = words.join(" ");
    const found = await run(
      "zsh",
      `zmodload zsh/zpty
       zpty -b child zsh -f -i
       tell() { zpty -w child "$1"; }
       tell 'PROMPT=; autoload -Uz compinit; compinit -u; source ./script.zsh'
       tell 'compadd() { local -a shown; builtin compadd -A shown "$@"; print -rl -- OFFER:\${^shown} >> offers; builtin compadd "$@" }'
       tell 'zle -C offered complete-word offering; offering() { _main_complete; print done >> ready }'
       tell 'bindkey "^X" offered; print set >> prepared'
       until [[ -e prepared ]]; do zpty -r -t child text; sleep 0.02; done
       zpty -w -n child ${quoted(line)}$'\\x18'
       until [[ -e ready ]]; do zpty -r -t child text; sleep 0.02; done
       zpty -d child
       [[ -e offers ]] && cat offers; rm -f offers ready prepared`,
    );
    const last = words.at(-1)!;
    return [...new Set(found.map((one) => one.replace(/^OFFER:/, "")))].filter(
      (one) => one !== "" && one.startsWith(last),
    );
  },
  fish: async (words) =>
    (await run("fish", `source script.fish; complete -C ${quoted(words.join(" "))}`)).map(
      (line) => line.split("\t", 1)[0]!,
    ),
};

const commandNames = model.commands.map(({ name }) => name);
const optionsOf = (path: string): string[] =>
  allOf(model)
    .find((command) => command.path === path)!
    .options.flatMap(({ flags }) => flags)
    .filter((flag) => flag.startsWith("--"));

describe.each(present)("arcp completion %s", (shell) => {
  const offered = async (...words: string[]) => (await offers[shell](words)).toSorted();

  it("offers the commands", async () => {
    expect(await offered("arcp", "")).toEqual(expect.arrayContaining(commandNames));
    expect(await offered("arcp", "s")).toEqual(["serve", "submit"]);
    expect(await offered("arcp", "conformance", "ru")).toEqual(["runtime"]);
  });

  it("offers the options of the command that stands there", async () => {
    expect(await offered("arcp", "jobs", "--")).toEqual(optionsOf("/jobs").toSorted());
    const below = await offered("arcp", "conformance", "runtime", "--");
    expect(below).toEqual(optionsOf("/conformance/runtime").toSorted());
    expect(await offered("arcp", "serve", "--json", "--allowed-o")).toEqual(["--allowed-origin"]);
  });

  it("offers choices", async () => {
    expect(await offered("arcp", "jobs", "--status", "r")).toEqual(["running"]);
    expect(await offered("arcp", "completion", "")).toEqual(expect.arrayContaining([...SHELLS]));
    expect(await offered("arcp", "help", "sub")).toEqual(["submit"]);
  });

  it("offers files and folders where they are wanted", async () => {
    expect(await offered("arcp", "dev", "ag")).toEqual(["agent.ts"]);
    expect(await offered("arcp", "serve", "--agent", "ag")).toEqual(["agent.ts"]);
    const folders = await offered("arcp", "conformance", "runtime", "--report", "re");
    expect(folders.map((one) => one.replace(/\/$/, "").replaceAll("\\", ""))).toEqual([
      "reports dir",
    ]);
    // A token is no file.
    expect(await offered("arcp", "serve", "--token", "ag")).toEqual([]);
  });
});

it("bash: takes --option=value, which comes to it in three words", async () => {
  expect(await offers.bash(["arcp", "jobs", "--status", "=", "su"])).toEqual(["success"]);
  expect(await offers.bash(["arcp", "jobs", "--status", "="])).toContain("running");
  expect(await offers.bash(["arcp", "dev", "my"])).toEqual(["my agent.js"]);
});

it.each(SHELLS)("%s: has every command, option and choice of the tree", async (shell) => {
  const { stdout } = await arcpDone(["completion", shell]);
  for (const { name, options } of allOf(model)) {
    expect(stdout).toContain(name);
    for (const { flags, value } of options) {
      for (const flag of flags) {
        expect(stdout).toContain(shell === "fish" ? ` ${flag.replace(/^--?/, "")} ` : flag);
      }
      if (value?.kind === "choices") for (const one of value.choices) expect(stdout).toContain(one);
    }
  }
});

it("prints NDJSON, and refuses a shell that it does not know", async () => {
  const { records, stdout } = await arcpDone(["completion", "fish", "--json"]);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const script = expect.stringContaining("complete -c arcp") as string;
  expect(records()).toEqual([{ completion: { shell: "fish", script } }]);
  const { exit, stderr } = await arcpDone(["completion", "tcsh"]);
  expect([exit, stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
});
