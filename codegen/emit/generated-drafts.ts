import { readdirSync } from "node:fs";
import type { Problem } from "../../generated/current/index.js";

/** What is generated of any draft, as far as tests and scripts for all of them care. */
interface Generated {
  readonly MessageType: Readonly<Record<string, string>>;
  validateMessage(
    x: unknown,
  ):
    | { readonly kind: "known" | "unknown" }
    | { readonly kind: "invalid"; readonly problems: readonly Problem[] };
}

const root = new URL("../../generated/", import.meta.url);
const folders = readdirSync(root)
  .filter((name) => name.startsWith("draft-"))
  .sort();

/** Every draft that is generated: its name, its folder, and what `index.ts` exports. */
export const REVISIONS = await Promise.all(
  folders.map(async (folder): Promise<readonly [name: string, folder: URL, exports: Generated]> => {
    const url = new URL(`${folder}/`, root);
    const exports = (await import(new URL("index.ts", url).href)) as Generated;
    return [folder.replace("draft-", ""), url, exports];
  }),
);
