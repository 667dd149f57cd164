/** What a draft's head says of itself. */
export interface Head {
  /** "1.2": that of its file. */
  readonly name: string;
  /** The version of the protocol that it describes. */
  readonly version: string;
  /** Name of the draft before it. */
  readonly replaces: string;
}

const TITLE = /^(# .*?)(?:, (?:revision|draft) [^,\n]*)?$/m;
const REPLACES = /^<!--\s*arcp:replaces\s+\S+\s*-->$/m;

/** The text of a draft under the head of another one: title and the comment below it change, and nothing else. */
export function withHead(text: string, { name, version, replaces }: Head): string {
  const called = name === version ? `revision ${name}` : `draft ${name} (version ${version})`;
  const comment = `<!-- arcp:replaces ${replaces} -->`;
  const titled = text.replace(TITLE, (_, title: string) => `${title}, ${called}`);
  if (REPLACES.test(titled)) return titled.replace(REPLACES, comment);
  return titled.replace(TITLE, (title) => `${title}\n\n${comment}`);
}

/** The text with the examples of peers that say one version saying another. */
export function withExamplesOf(text: string, was: string, version: string): string {
  return text.replaceAll(/("arcp"\s*:\s*")([^"]*)(?=")/g, (all, member: string, said: string) =>
    said === was ? `${member}${version}` : all,
  );
}
