import { readdirSync } from "node:fs";
import * as draft02 from "../../generated/draft-02/index.js";
import * as draft021 from "../../generated/draft-02.1/index.js";
import * as draft11 from "../../generated/draft-1.1/index.js";

/** What is generated of any draft, as far as tests of all of them care. */
interface Generated {
  readonly MessageType: Readonly<Record<string, string>>;
  validateMessage(
    x: unknown,
  ):
    | { readonly kind: "known" | "unknown" }
    | { readonly kind: "invalid"; readonly problems: readonly draft11.Problem[] };
}

const generated: Readonly<Record<string, Generated>> = {
  "02": draft02,
  "02.1": draft021,
  "1.1": draft11,
};

const root = new URL("../../generated/", import.meta.url);

/** Every draft that is generated: its name, its folder, and what `index.ts` exports. */
export const REVISIONS = readdirSync(root)
  .sort()
  .map((folder): readonly [name: string, folder: URL, exports: Generated] => {
    const name = folder.replace("draft-", "");
    const exports = generated[name];
    if (exports === undefined) throw new Error(`import ${folder} here, so that it is tested`);
    return [name, new URL(`${folder}/`, root), exports];
  });
