/** The platforms, and how each is had: packages of the npm registry that carry a whole executable. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Something that runs JavaScript. */
export interface Platform {
  /** As the table calls it. */
  readonly name: string;
  readonly kind: "node" | "bun" | "deno";
  /** The package, with its version. */
  readonly package: string;
  /** Where the executable is in the installed package. */
  readonly executable: string;
  /** What stands before a script. */
  readonly args: readonly string[];
}

const os = process.platform === "win32" ? "win" : process.platform;

function node(version: string): Platform {
  const name = `node-${os}-${process.arch}`;
  return {
    name: `Node ${version}`,
    kind: "node",
    package: `${name}@${version}`,
    executable: `node_modules/${name}/bin/node`,
    args: [],
  };
}

/** In the order of the table. */
export const platforms: readonly Platform[] = [
  node("20.20.2"),
  node("22.23.3"),
  node("24.21.0"),
  {
    name: "Bun 1.4.5",
    kind: "bun",
    package: "bun@1.4.5",
    executable: "node_modules/bun/bin/bun.exe",
    args: ["--bun"],
  },
  {
    name: "Deno 2.9.6",
    kind: "deno",
    package: "deno@2.9.6",
    executable: "node_modules/deno/deno",
    args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"],
  },
];

/** Outside the tree, so that it is kept when the tree is not. */
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "arcp-platforms");

/** The executable, installed if it is not there yet. Throws an `Error` that says what npm said. */
export async function installed(platform: Platform): Promise<string> {
  const folder = join(cache, platform.package.replace("@", "-"));
  const executable = join(folder, platform.executable);
  if (existsSync(executable)) return executable;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  // Bun and Deno put their executable in its place by a script of the package.
  const args = [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--ignore-scripts=false",
  ];
  try {
    await promisify(execFile)("npm", [...args, platform.package], { cwd: folder });
  } catch (error) {
    throw new Error(`${platform.package} cannot be installed: ${String(error)}`, { cause: error });
  }
  if (!existsSync(executable)) throw new Error(`${platform.package} brought no ${executable}`);
  return executable;
}
