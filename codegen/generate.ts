import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CURRENT } from "./emit/artefact.js";
import type { Artefact } from "./emit/artefact.js";
import type { DiagnosticFormat } from "./model/diagnostics.js";
import type { Diagnostic, Model } from "./model/types.js";
import { readModel, readRevisions } from "./revisions.js";
import type { Revision } from "./revisions.js";
import { asideFor, countByFile, report } from "./surroundings.js";
import type { Surroundings } from "./surroundings.js";

/** A revision's folder, or that of the newest under its lasting name, rendered in memory. */
export interface Rendered {
  /** "generated/draft-1.1" */
  readonly folder: string;
  readonly model: Model;
  readonly artefacts: readonly Artefact[];
  /** The text that it was rendered from. */
  readonly spec: string;
}

/** All folders; or, of the first spec with findings, these: then nothing may be written. */
export type Rendering =
  { readonly rendered: readonly Rendered[] } | { readonly findings: readonly Diagnostic[] };

/** Writes `generated/` from the spec; with `check` says what would change. Exit codes of `main`. */
export async function generate(
  at: Surroundings,
  check: boolean,
  format: DiagnosticFormat,
): Promise<number> {
  const result = await renderAll(at.root, await readRevisions(at.root));
  if ("findings" in result) {
    report(at, result.findings, format);
    at.err(`${countByFile(result.findings)}; nothing was written\n`);
    return 1;
  }
  report(at, [], format);
  const aside = asideFor(at, format);
  return check ? await compare(aside, result.rendered) : await write(aside, result.rendered);
}

/** Renders every revision, in memory. */
export async function renderAll(root: string, revisions: readonly Revision[]): Promise<Rendering> {
  const rendered: Rendered[] = [];
  for (const revision of revisions) {
    const { model, diagnostics } = await readModel(root, revision);
    const { text } = revision.spec;
    if (model === undefined || diagnostics.length > 0) return { findings: diagnostics };
    const [{ emitAll }, { emitCurrent }, { lintFuzz }] = await Promise.all([
      import("./emit/emit.js"),
      import("./emit/current.js"),
      import("./emit/fuzz/lint.js"),
    ]);
    const before = rendered.map((one) => one.model);
    const stale = lintFuzz(model, before);
    if (stale.length > 0) return { findings: stale };
    const { name, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      readonly name: string;
      readonly version: string;
    };
    const artefacts = await emitAll(model, `${name} ${version}`);
    rendered.push({ folder: `generated/draft-${revision.name}`, model, artefacts, spec: text });
    if (!revision.newest) continue;
    rendered.push({ folder: CURRENT, model, artefacts: emitCurrent(model), spec: text });
  }
  return { rendered };
}

async function write(at: Surroundings, rendered: readonly Rendered[]): Promise<number> {
  const { writeFolder } = await import("./write.js");
  for (const { folder, artefacts } of rendered) {
    const { added, changed, removed } = await writeFolder(join(at.root, folder), artefacts);
    const said = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
    at.out(`${folder}: ${artefacts.length} files; ${said}\n`);
  }
  return 0;
}

async function compare(at: Surroundings, rendered: readonly Rendered[]): Promise<number> {
  const [{ compareFolder }, { createLocator }, { readFolder }] = await Promise.all([
    import("./check.js"),
    import("./locate.js"),
    import("./write.js"),
  ]);
  let differs = false;
  for (const { folder, model, artefacts, spec } of rendered) {
    const before = await readFolder(join(at.root, folder));
    const difference = compareFolder(folder, before, artefacts, createLocator(model, spec));
    at.out(difference);
    differs ||= difference !== "";
  }
  return differs ? 1 : 0;
}
