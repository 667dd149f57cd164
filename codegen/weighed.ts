/**
 * The words of sentences, and what each counts: one that few texts have says more than one that most of them have, and a
 * name more than a word. Words of the drafts and ours that mean the same are one.
 */

/** How much a name counts beside a word of the same rarity. */
const NAME_WEIGHT = 2;

const STOP = new Set(
  "a an and any are as at be been but by can could do does each either for from had has have how if in into is it its may might must no nor not of on once one only or other per shall should so such than that the their them then there these they this those to under until up was were what when where whether which while who whom will with within without would".split(
    " ",
  ),
);
/** Words of the drafts and ours that mean the same thing. */
const ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    implementation: "peer",
    receiver: "peer",
    both: "peer",
    acknowledge: "ack",
    acknowledgement: "ack",
    expiration: "expire",
    expiry: "expire",
    reject: "refuse",
    rejection: "refuse",
    deny: "refuse",
    retain: "keep",
    preserve: "keep",
    evaluate: "check",
    validate: "check",
    respond: "answer",
    reply: "answer",
    return: "answer",
    include: "contain",
    carry: "contain",
    emit: "send",
    issue: "send",
    permit: "allow",
    authorize: "allow",
    authorise: "allow",
    observe: "see",
    visible: "see",
  }),
);

/** The words of a text, each once, with what it counts. */
export interface Words {
  readonly all: ReadonlyMap<string, number>;
  readonly weight: number;
}

/** The stems of the words of a text that mean something, and the names in it. */
export function wordsOf(text: string): string[] {
  const found = text
    .replace(/\((?:W-\d+|§[^)]*|Section [^)]*)\)/g, " ")
    .match(/[A-Za-z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*/g);
  return (found ?? []).flatMap((word) => {
    if (/[._]/.test(word))
      return [word, ...(word.includes("payload.") ? [word.split(".").at(-1)!] : [])];
    const lower = word.toLowerCase();
    return STOP.has(lower) ? [] : [stem(ALIKE.get(lower) ?? lower)];
  });
}

/** The stem of an English word, roughly: enough that "expires", "expired" and "expire" meet. */
function stem(word: string): string {
  const cut = word.replace(/(?:ations?|ments?|ings?|ies|ied|edly|ed|es|s|ly|e|y)$/, "");
  const kept = cut.length >= 3 ? cut : word;
  return ALIKE.get(kept) ?? ALIKE.get(`${kept}e`) ?? kept.replace(/([^aeiou])\1$/, "$1");
}

/** How rare a word is among these texts: the more of them have it, the less it says. */
export function rarities(texts: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const words of texts)
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + texts.length / (1 + (counts.get(word) ?? 0)));
}

/** What the words of a text count. */
export function weigh(words: readonly string[], rarity: (word: string) => number): Words {
  const all = new Map(
    words.map(
      (word) => [word, rarity(word) * (/[._]|^[A-Z]/.test(word) ? NAME_WEIGHT : 1)] as const,
    ),
  );
  return { all, weight: [...all.values()].reduce((sum, weight) => sum + weight, 0) };
}

/** What those words count that are in both. */
export function sharedWeight(a: Words, b: Words): number {
  let sum = 0;
  for (const [word, weight] of a.all) if (b.all.has(word)) sum += weight;
  return sum;
}
