/** What the package exports of each draft: of the newest under lasting names, of the others below theirs. */
type Exports = Readonly<Record<string, unknown>>;

const DATA = ["schema.json", "asyncapi.yaml", "fixtures/*"] as const;
const OLDER = "./generated/draft-";

/** The `exports` of `package.json` for these drafts, from the first to the newest. Whatever is not about drafts stays. */
export function withDrafts(exports: Exports, drafts: readonly string[]): Exports {
  const newest = drafts.at(-1) ?? "";
  const ofNewest: Exports = {
    "./generated": module("generated/current"),
    ...Object.fromEntries(DATA.map((name) => [`./${name}`, `./generated/draft-${newest}/${name}`])),
  };
  const ofOlder = drafts.slice(0, -1).flatMap((draft) => {
    const folder = `generated/draft-${draft}`;
    const data = DATA.map((name) => [`./${folder}/${name}`, `./${folder}/${name}`] as const);
    return [[`./${folder}`, module(folder)] as const, ...data];
  });
  const entries = Object.entries(exports)
    .filter(([name]) => !name.startsWith(OLDER))
    .flatMap(([name, value]) => [
      [name, ofNewest[name] ?? value] as const,
      ...(name === "./generated" ? ofOlder : []),
    ]);
  return Object.fromEntries(entries);
}

function module(folder: string): Exports {
  return { types: `./dist/${folder}/index.d.ts`, default: `./dist/${folder}/index.js` };
}
