/** Audits the upstream drafts of which we keep a baseline, where somebody has them: they are not ours to carry. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { main } from "../../codegen/main.js";

/** What of an audit as JSON is told here. */
interface AuditResult {
  /** Why there is nothing else of it. */
  readonly error?: string;
  readonly facts?: { readonly json: readonly { readonly problem?: unknown }[] };
  readonly sentences: readonly unknown[];
  readonly differences: readonly {
    readonly position: { file: string; line: number };
    message: string;
    key: string;
  }[];
  readonly accepted: readonly unknown[];
}

/**
 * @param folder where the drafts are; undefined if nobody has said
 * @returns the exit code: 0 as well where there are no drafts, which it then says
 */
export async function auditUpstream(
  root: string,
  folder: string | undefined,
  say: (text: string) => void,
): Promise<number> {
  const names = await readdir(join(root, "codegen/baselines"));
  const revisions = names.flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? []).sort();
  if (folder === undefined) {
    say(`not run: the audits of the upstream drafts ${revisions.join(", ")}.`);
    say(
      "They need the drafts, which are not in this repository: set ARCP_UPSTREAM to a folder with draft-arcp-1.1.md.",
    );
    return 0;
  }
  let worst = 0;
  let [readable, blocks] = [0, 0];
  for (const revision of revisions) {
    const file = join(folder, `draft-arcp-${revision}.md`);
    if (!existsSync(file)) {
      say(`${revision}: there is no ${file}; put the upstream draft there under that name`);
      worst = Math.max(worst, 1);
      continue;
    }
    let out = "";
    const at = { root, out: (text: string) => void (out += text), err: () => undefined };
    const code = await main(["audit", file, "--revision", revision, "--format", "json"], at);
    worst = Math.max(worst, code);
    const { error, facts, sentences, differences, accepted } = JSON.parse(out) as AuditResult;
    if (error !== undefined) {
      say(`${revision}: exit ${code}: ${error}`);
      continue;
    }
    const json = facts?.json ?? [];
    const read = json.filter(({ problem }) => problem === undefined).length;
    readable += read;
    blocks += json.length;
    say(
      `${revision}: exit ${code}: ${read} of ${json.length} JSON blocks read, ${sentences.length} normative sentences, ${accepted.length} differences accepted, ${differences.length} beyond`,
    );
    for (const { position, message, key } of differences) {
      say(`  ${position.file}:${position.line} ${message} [${key}]`);
    }
  }
  say(`${readable} of ${blocks} JSON blocks read`);
  return worst;
}
