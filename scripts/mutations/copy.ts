/** A copy of the project in which `generated/` is that of a mutant: one for all mutants, each in its turn. */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Artefact } from "../../codegen/emit/artefact.js";
import { updateFolder } from "../../codegen/write.js";
import { copyProject } from "./project.js";

/** Where mutants are tried. */
export interface Copy {
  /** Its root. */
  readonly place: string;
  /** Puts files in place of those that are in the folder. */
  put(artefacts: readonly Artefact[]): Promise<void>;
  /** Runs a program with Node, at the root of the copy. */
  run(args: readonly string[]): Promise<Ran>;
  remove(): void;
}

/** How a program ended, and what it said on both outputs. */
export interface Ran {
  readonly ok: boolean;
  readonly said: string;
}

/** Copies the project below `root`. `folder` is where the mutants' files go, as `generated/draft-1.1`. */
export function createCopy(root: string, folder: string): Copy {
  const place = copyProject(root, "arcp-mutant-");
  const remove = () => rmSync(place, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    place,
    put: async (artefacts) => void (await updateFolder(join(place, folder), artefacts)),
    async run(args) {
      const env = { ...process.env, NO_COLOR: "1" };
      try {
        const options = { cwd: place, maxBuffer: 2 ** 27, env };
        const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
        return { ok: true, said: `${stdout}${stderr}` };
      } catch (error) {
        const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
        return { ok: false, said: `${stdout}${stderr}` };
      }
    },
    remove() {
      process.off("exit", remove);
      remove();
    },
  };
}
