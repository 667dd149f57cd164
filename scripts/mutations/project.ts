/** A copy of the project to be spoilt or changed, with the packages of the project itself. */
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What of the project the compiler reads. */
const NEEDED = [
  ...["package.json", "tsconfig.json", "vitest.config.ts", "spec", "generated", "runtime-kit"],
  ...["conformance", "codegen", "examples", "bench", "docs", "scripts"],
];

/** The folder of a new copy; whoever made it removes it. */
export function copyProject(root: string, prefix: string): string {
  const place = mkdtempSync(join(tmpdir(), prefix));
  for (const name of NEEDED) {
    cpSync(join(root, name), join(place, name), { recursive: true });
  }
  symlinkSync(resolve(root, "node_modules"), join(place, "node_modules"), "dir");
  return place;
}
