const KEYWORDS = /\b(?:(?:MUST|SHALL|SHOULD)(?:\s+NOT)?|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b/g;

/** The normative keywords (RFC 2119, upper case) of a text, with their offsets. */
export function normativeKeywords(text: string): { keyword: string; offset: number }[] {
  return [...text.matchAll(KEYWORDS)].map((match) => ({
    keyword: match[0].replace(/\s+/, " "),
    offset: match.index,
  }));
}
