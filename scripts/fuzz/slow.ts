/** Oracles: the definitions read aloud, slow, and too simple to be wrong. None of them uses what it judges. */

/** All texts of up to so many of these characters. */
export function textsOf(characters: readonly string[], length: number): readonly string[] {
  let last = [""];
  const all: string[] = [];
  for (let size = 1; size <= length; size += 1) {
    last = last.flatMap((text) => characters.map((next) => text + next));
    all.push(...last);
  }
  return all;
}

/** The canonical form of an absolute path, by taking out one thing after the other; `undefined` if it is refused. */
export function slowPath(text: string): string | undefined {
  for (const bad of ["\\", "%2e", "%2f", "%5c"])
    if (text.toLowerCase().includes(bad)) return undefined;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 32 || (point >= 127 && point < 160) || (point >= 0xd800 && point < 0xe000)) {
      return undefined;
    }
  }
  if (!text.startsWith("/") || text.length > 4096) return undefined;
  let path = `${text.normalize("NFC")}/`;
  for (let before = ""; before !== path;) {
    before = path;
    path = path.replace("//", "/").replace("/./", "/");
    if (path.startsWith("/../")) path = path.slice(3);
    path = path.replace(/\/(?!\.\.?\/)[^/]+\/\.\.\//, "/");
  }
  return path === "/" ? "/" : path.slice(0, -1);
}

/** How deep lists and objects stand in each other. */
export function slowDepth(value: unknown): number {
  let deepest = 0;
  const left: (readonly [unknown, number])[] = [[value, 1]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [one, depth] = next;
    if (typeof one !== "object" || one === null) continue;
    deepest = Math.max(deepest, depth);
    for (const inner of Object.values(one)) left.push([inner, depth + 1]);
  }
  return deepest;
}

/** A decimal as a whole number of units of 10^-400, from its digits alone. */
export function slowUnits(text: string): bigint {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text)!;
  const digits = whole + fraction;
  const shift = 400 - fraction.length + Number(exponent);
  return BigInt(`${sign}${digits}`) * 10n ** BigInt(shift);
}

/** The lines of a stream: cut at line feeds, without blank ones. A last one that does not end is none. */
export function slowLines(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/\r$/, "").replace(/^\ufeff/, ""))
    .filter((line) => /[^ \t\r]/.test(line));
}

/** The text messages in the frames that a server wrote, a byte at a time. RFC 6455 §5.2 */
export function slowFrames(bytes: Uint8Array): readonly string[] {
  const texts: string[] = [];
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error("the frames end in the middle");
    return byte;
  };
  while (at < bytes.length) {
    if (next() !== 0x81) throw new Error("not a whole text message");
    let length = next();
    const more = length === 126 ? 2 : length === 127 ? 8 : 0;
    if (length > 127) throw new Error("a server's frame is masked");
    if (more > 0) {
      length = 0;
      for (let left = more; left > 0; left -= 1) length = length * 256 + next();
    }
    const body = Array.from({ length }, next);
    texts.push(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(body)),
    );
  }
  return texts;
}
