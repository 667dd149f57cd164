/** The language of patterns read aloud, §9.2: slow, and too simple to be wrong. It uses nothing of what it judges. */

/** Whether a pattern without segments matches one. */
function segment(glob: string, word: string): boolean {
  if (glob === "") return word === "";
  if (glob[0] === "*") {
    return segment(glob.slice(1), word) || (word !== "" && segment(glob, word.slice(1)));
  }
  return glob[0] === word[0] && segment(glob.slice(1), word.slice(1));
}

const split = (text: string): string[] => (text === "/" ? [""] : text.split("/"));

/** §9.2: `*` within a segment, `**` any number of whole ones. */
export function slowMatch(pattern: string, target: string): boolean {
  const all = (globs: string[], words: string[]): boolean => {
    const [glob, ...rest] = globs;
    if (glob === undefined) return words.length === 0;
    if (glob === "**") {
      return all(rest, words) || (words.length > 0 && all(globs, words.slice(1)));
    }
    return words.length > 0 && segment(glob, words[0]!) && all(rest, words.slice(1));
  };
  return target !== "" && all(split(pattern), split(target));
}
