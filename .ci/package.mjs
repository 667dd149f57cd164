// Packs the project, installs the tarball into an empty folder, and uses it there: the command, the types, the client.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "arcp-package-"));
const run = (command, args, cwd = folder, env = {}) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });

/** Compiles files of the consumer's as strictly as can be, the declarations of its packages too. */
function compile(files, compilerOptions) {
  const options = {
    module: "NodeNext",
    target: "es2022",
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    ...compilerOptions,
  };
  const config = JSON.stringify({ compilerOptions: options, files });
  writeFileSync(join(folder, "tsconfig.json"), config);
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"]);
}

/** Reads what is data in the installed package, and holds its fixtures and what its fuzzer makes to its validators. */
const DATA = `import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
const text = (name) => readFileSync(fileURLToPath(import.meta.resolve(name)), "utf8");
const json = (name) => JSON.parse(text(name));
const drafts = { "arcp/generated": "arcp" };
for (const name of Object.keys(json("arcp/package.json").exports)) {
  if (/^[.].generated.draft-[^/]+$/.test(name)) drafts["arcp" + name.slice(1)] = "arcp" + name.slice(1);
}
for (const [code, data] of Object.entries(drafts)) {
  const { validateMessage } = await import(code);
  const { $id, $defs } = json(data + "/schema.json");
  if (!text(data + "/asyncapi.yaml").includes("\\nasyncapi: 3.0.0\\n")) throw new Error("no AsyncAPI 3");
  let count = 0;
  for (const { file } of json(data + "/fixtures/index.json").files) {
    for (const { id, of, verdict, value } of json(data + "/fixtures/" + file).cases) {
      if (file === "definitions.json" ? !(of in $defs) : validateMessage(value).kind !== verdict) throw new Error(id);
      count += 1;
    }
  }
  const { fuzzer } = await import("arcp/fuzzing");
  const fuzz = fuzzer(json(data + "/fuzz/model.json"));
  let broken = 0;
  for (const { constraint, message } of fuzz.violations()) {
    if (validateMessage(message).kind !== "invalid") throw new Error(constraint);
    broken += 1;
  }
  console.log($id + ", AsyncAPI, " + count + " fixtures, " + broken + " violations");
}
`;

let server;
try {
  run("npx", ["publint", "--strict"], root);
  run("npm", ["pack", "--silent", "--pack-destination", folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }\n');
  run("npm", ["install", "--silent", "--omit=dev", join(folder, tarball)]);

  writeFileSync(
    join(folder, "use.ts"),
    `import { connect, type Client, type JobId, type Message } from "arcp";
import { connect as fromBrowser } from "arcp/client";
import { isTerminal, type EventBody } from "arcp/generated";
const ids: JobId[] = ["job_1"];
const body: EventBody<"progress"> = { current: 1 };
export const type: Message["type"] = "job.submit";
export async function main(url: string, token: string): Promise<unknown> {
  const client: Client = await connect(url, { token });
  const job = await client.submit("echo", { hi: ids.length + body.current });
  for await (const event of job) if (event.kind === "log") console.error(event.body.message);
  const result = await job.result();
  await client.close();
  return isTerminal("success") && typeof fromBrowser === "function" ? result : undefined;
}
console.log(JSON.stringify(await main(process.argv[2]!, "secret")));
`,
  );
  // The consumer's globals: console and process.
  writeFileSync(join(folder, "globals.d.ts"), "declare const process: { argv: string[] };\n");
  const lib = ["es2023", "dom", "dom.asynciterable"];
  compile(["use.ts", "globals.d.ts"], { target: "es2023", lib, types: [], noEmit: false });
  console.log("types: compiled");

  // Every subpath, with the types of Node; those that need no Node also by themselves, without them, as in a browser.
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const subpaths = Object.keys(exports).filter((path) => typeof exports[path] !== "string");
  const importOf = (path) => `import * as it from "${path.replace(".", "arcp")}";\nvoid it;\n`;
  writeFileSync(
    join(folder, "all.ts"),
    subpaths.map((path, i) => importOf(path).replaceAll(/\bit\b/g, `it${i}`)).join(""),
  );
  const typeRoots = [join(root, "node_modules/@types")];
  compile(["all.ts"], { lib: ["es2022"], types: ["node"], typeRoots });
  const onNode = ["./node", "./stdio", "./tools", "./conformance"];
  for (const path of subpaths.filter((path) => !onNode.includes(path))) {
    writeFileSync(join(folder, "one.ts"), importOf(path));
    compile(["one.ts"], { lib: ["es2022", "dom"], types: [] });
  }
  console.log(`types: ${subpaths.length} subpaths compiled, declarations checked`);

  // What is data: resolved by its name, as a consumer's tests do, and read.
  writeFileSync(join(folder, "data.mjs"), DATA);
  console.log(`data: ${run(process.execPath, ["data.mjs"]).trim().replaceAll("\n", "; ")}`);

  // An optional peer that is not there is named.
  writeFileSync(
    join(folder, "jwt.mjs"),
    'import { jwt } from "arcp/jwt";\nconst secret = "x".repeat(32);\n' +
      "await jwt({ secret }).catch(({ message }) => console.log(message));\n",
  );
  const said = run(process.execPath, ["jwt.mjs"]).trim();
  if (!said.includes("npm install jose@6")) throw new Error(`without jose, arcp/jwt said ${said}`);
  console.log(`without jose: ${said}`);

  server = spawn("npx", ["arcp", "serve", "--port", "0", "--json"], {
    cwd: folder,
    env: { ...process.env, ARCP_TOKEN: "secret" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const [line] = await once(createInterface(server.stdout), "line");
  const url = JSON.parse(line).listening;
  console.log(`arcp serve: ${url}`);

  const env = { ARCP_URL: url, ARCP_TOKEN: "secret" };
  const printed = run("npx", ["arcp", "submit", "echo", '{"hi":2}'], folder, env);
  if (JSON.parse(printed).hi !== 2) throw new Error(`arcp submit printed ${printed}`);
  console.log(`arcp submit: ${printed.trim().replaceAll(/\s+/g, " ")}`);

  const compiled = run(process.execPath, [
    "--disallow-code-generation-from-strings",
    "use.js",
    url,
  ]);
  if (JSON.parse(compiled).hi !== 2) throw new Error(`the compiled client printed ${compiled}`);
  console.log("compiled client, without eval: works");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // The compiler says on its standard output what is wrong.
  if (error?.stdout) console.error(error.stdout);
  process.exitCode = 1;
} finally {
  if (server?.pid !== undefined) process.kill(-server.pid);
  rmSync(folder, { recursive: true, force: true });
}
