/** The words of a draft in a message: short enough for a line, and written out where the eye cannot tell them from others. */

/** A text of at most so many characters, with a mark where it is cut. */
export function clip(text: string, most = 100): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** What nobody sees, or sees as a part of something else: controls, directions, joiners, fillers, other spaces, accents of their own. */
const UNSEEN = /[\p{C}\p{M}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** Letters of scripts in which some are drawn as Latin ones are, and Latin ones drawn as others. */
const LOOK_ALIKE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}ıɑɡɩʟ]/u;
/** Marks drawn as those of ASCII are. */
const MARKS = /[‐‑‒−⁃⁄∕∶꞉․ʼʹˈ‚ǀǃ∣⎪]/u;

/** A text in which what looks like something else is written out, as `\u0430`. */
export function spelled(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (one) =>
    UNSEEN.test(one) || LOOK_ALIKE.test(one) || MARKS.test(one) || isForm(one) ? escaped(one) : one,
  );
}

/** A text in quotation marks, as JSON has it, of at most so many characters, and spelled. */
export function quoted(text: string, most?: number): string {
  return spelled(JSON.stringify(clip(text, most)));
}

/** What may be ASCII in another form: letters, digits and Roman numbers, the marks of Greek, small ones and wide ones. */
const FORMS = /[\p{L}\p{Nd}\p{Nl}\u037e\u1fef\ufe10-\ufe6f\uff00-\uffef]/u;

/** Whether this is ASCII in another form: wide, bold, of mathematics. */
function isForm(one: string): boolean {
  return FORMS.test(one) && /^[\x21-\x7e]+$/.test(one.normalize("NFKC"));
}

function escaped(one: string): string {
  return one
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
