/**
 * What a browser shows of the HTML in a draft, and what it hides: the elements that are open, as the rules for parsing
 * HTML close them. Where they are simplified here nothing passes unseen, since all that hides leaves a mark in the text.
 */

/** A tag, a comment, or the text between them. */
interface Piece {
  readonly whole: string;
  /** Of a tag, in lower case. */
  readonly name: string | undefined;
  readonly closes: boolean;
}

export interface Visibility {
  /** Takes a tag in the order of the text. What it hides or folds is said by the mark that takes its place. */
  tag(piece: Piece): string | undefined;
  /** Whether what stands here is not shown. */
  hidden(): boolean;
  /** Begins what Markdown makes an element of. Returns the depth at which it begins, for `end`. */
  begin(): number;
  /** Ends it: a paragraph, which many elements outlast, or an item or a quotation, which none does. */
  end(depth: number, what: "paragraph" | "container"): void;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Without a box, by the rendering section of the HTML standard, or with one that shows something else than its content. */
const NEVER_SHOWN = words(
  `head title script style template noscript noembed noframes datalist rp iframe object audio video canvas select
   optgroup option textarea meter progress svg math applet`,
);
/** In these a tag is text. */
const RAW = words("script style title textarea iframe noembed noframes xmp");
const VOID = words("area base basefont br col embed hr img input link meta param source track wbr");
/** Browsers nest no deeper than this either: one more takes the place of the last. */
const MAX_DEPTH = 512;
/** Only these end in their own tag, `<svg/>`. */
const FOREIGN = words("svg math");
/** Outside of these an end tag within them closes nothing. */
const BARRIER = words("table td th template object button caption");
const TABLE_PARTS = words("table thead tbody tfoot tr td th caption template");
/** A start tag of these ends an open paragraph. */
const ENDS_PARAGRAPH = words(
  `address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 h2 h3
   h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table ul`,
);
/** Besides these, what is still open at the end of a paragraph goes on behind it. */
const OUTLAST = words(
  `script style title textarea iframe noembed noframes xmp template object select html body
   a b big code em font i nobr s small strike strong tt u`,
);

interface Implied {
  /** Elements that end where this one begins, */
  readonly ends: ReadonlySet<string>;
  /** unless one of these stands between. */
  readonly within: ReadonlySet<string>;
}
const IMPLIED: readonly (readonly [names: ReadonlySet<string>, rule: Implied])[] = [
  [ENDS_PARAGRAPH, { ends: words("p"), within: BARRIER }],
  [words("li"), { ends: words("li"), within: words("ul ol menu table template") }],
  [words("dt dd"), { ends: words("dt dd"), within: words("dl table template") }],
  [words("td th"), { ends: words("td th"), within: words("tr table template") }],
  [words("tr"), { ends: words("tr td th"), within: words("table template") }],
  [
    words("thead tbody tfoot"),
    { ends: words("thead tbody tfoot tr td th"), within: words("table template") },
  ],
  [words("option optgroup"), { ends: words("option"), within: words("select datalist") }],
];

/** Tags, comments and texts. `<!-->` is a whole comment, and `<!…>` and `<?…>` end where a browser ends them. */
export function piecesOfHtml(html: string): Piece[] {
  return [
    ...html.matchAll(
      /<!--(?:-?>|[^]*?--!?>)|<[!?](?!--)[^<>]*>|<(\/?)([A-Za-z][\w-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>|[^<]+|</g,
    ),
  ].map(([whole, slash, name]) => ({ whole, name: name?.toLowerCase(), closes: slash === "/" }));
}

export function createVisibility(): Visibility {
  const open: { name: string; hides: boolean }[] = [];
  const hidden = (): boolean => open.some(({ hides }) => hides);

  const imply = (name: string): void => {
    for (const [names, { ends, within }] of IMPLIED) {
      if (!names.has(name)) continue;
      const barrier = open.findLastIndex((element) => within.has(element.name));
      const first = open.findIndex((element, at) => at > barrier && ends.has(element.name));
      if (first >= 0) open.length = first;
    }
  };
  const close = (name: string): void => {
    const at = open.findLastIndex((element) => element.name === name);
    const past = open.slice(at + 1).some((element) => BARRIER.has(element.name));
    if (at >= 0 && (!past || TABLE_PARTS.has(name))) open.length = at;
  };
  return {
    hidden,
    begin: () => {
      if (!RAW.has(open.at(-1)?.name ?? "")) imply("div");
      return open.length;
    },
    end: (depth, what) => {
      const stays = (name: string): boolean => OUTLAST.has(name) || ENDS_PARAGRAPH.has(name);
      const kept = open.slice(depth).filter(({ name }) => what === "paragraph" && stays(name));
      open.splice(Math.min(depth, open.length), open.length, ...kept);
    },
    tag: ({ whole, name = "", closes }) => {
      const last = open.at(-1)?.name ?? "";
      if (RAW.has(last) && !(closes && name === last)) return undefined;
      if (closes) {
        close(name);
        return undefined;
      }
      imply(name);
      const before = hidden();
      const hides = isHiding(name, whole);
      const empty = VOID.has(name) || (FOREIGN.has(name) && whole.endsWith("/>"));
      if (!empty) open.splice(MAX_DEPTH - 1, 1, { name, hides });
      if (before) return undefined;
      if (hides) return `[hidden: ${name}]`;
      return name === "details" && !hasAttribute(whole, "open") ? "[folded: details]" : undefined;
    },
  };
}

function isHiding(name: string, tag: string): boolean {
  return (
    NEVER_SHOWN.has(name) ||
    (name === "dialog" && !hasAttribute(tag, "open")) ||
    hasAttribute(tag, "hidden") ||
    hasAttribute(tag, "popover") ||
    hidesByStyle(tag)
  );
}

function hasAttribute(tag: string, attribute: string): boolean {
  const names = tag.replaceAll(/"[^"]*"|'[^']*'/g, '""');
  return new RegExp(`[\\s/"]${attribute}(?=[\\s=/>])`, "i").test(names);
}

/** By its own style. One that is written in escapes, or with a comment in it, has something to hide. */
function hidesByStyle(tag: string): boolean {
  const [, quoted, single, plain] =
    /[\s/"']style\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag) ?? [];
  const style = quoted ?? single ?? plain ?? "";
  return /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*[-+]?0*\.?0+(?![.\d]*[1-9])|[&\\]|\/\*/i.test(
    style,
  );
}
