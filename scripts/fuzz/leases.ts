/** Patterns, paths, URLs and money, against slower opinions. */
import { amountOf, parseAmount } from "../../runtime-kit/leases/amounts.js";
import { charged } from "../../runtime-kit/leases/budget.js";
import { contains } from "../../runtime-kit/leases/contain.js";
import { difference, sum } from "../../runtime-kit/leases/decimal.js";
import { matches, parsePattern } from "../../runtime-kit/leases/glob.js";
import type { Pattern } from "../../runtime-kit/leases/glob.js";
import { canonicalPath } from "../../runtime-kit/leases/paths.js";
import { canonicalUrl } from "../../runtime-kit/leases/urls.js";
import type { Random } from "../torture/random.js";
import { slowMatch } from "../../runtime-kit/leases/slow-match.test-helper.js";
import { slowPath, slowUnits, textsOf } from "./slow.js";
import { some, target } from "./target.js";
import type { Target } from "./target.js";

const PIECES = ["a", "b", "ab", "*", "/", "/", "/**/", "**", "é", "a*"];

function patternIn(random: Random): string {
  const text = some(random, 9, PIECES).replaceAll(/[^/]*\*\*+[^/]*/g, "**");
  return text === "" ? "*" : text;
}

function parsed(text: string): Pattern | undefined {
  const found = parsePattern(text);
  return found.ok ? found.pattern : undefined;
}

const globs = target({
  name: "globs",
  make: (random) => [patternIn(random), some(random, 9, ["a", "b", "/", "é", "//"])],
  subject: matches,
  check(match, [pattern = "", text = ""]) {
    const glob = parsed(pattern);
    if (glob === undefined) return undefined;
    const [said, is] = [match(glob, text), slowMatch(pattern, text)];
    return said === is ? undefined : `it says ${said}, and it is ${is}`;
  },
  bugs: {
    "a star that crosses a slash": (glob, text) =>
      matches(glob, text) || matches(glob.replaceAll(/\*+/g, "**") as Pattern, text),
    "a prefix that is enough": (glob, text) =>
      matches(glob, text) || (!glob.includes("*") && text.startsWith(glob)),
    "a folder that is not in itself": (glob, text) =>
      matches(glob, text) && !(glob.endsWith("/**") && glob === `${text}/**`),
  },
});

const TARGETS = textsOf(["a", "b", "/"], 6);

const subset = target({
  name: "subset",
  make: (random) => [patternIn(random), patternIn(random)].map((one) => one.replaceAll("é", "b")),
  subject: (outer: Pattern, inner: Pattern) => contains(outer, inner),
  check(covers, [one = "", other = ""]) {
    const [outer, inner] = [parsed(one), parsed(other)];
    if (outer === undefined || inner === undefined || covers(outer, inner) !== true) {
      return undefined;
    }
    const missed = TARGETS.find((text) => slowMatch(other, text) && !slowMatch(one, text));
    return missed === undefined ? undefined : `it is no subset: ${JSON.stringify(missed)}`;
  },
  bugs: {
    "a subset by one example": (outer, inner) => matches(outer, inner.replaceAll(/\*+/g, "a")),
    "a subset by its beginning": (outer, inner) =>
      contains(outer, inner) === true ||
      (outer.endsWith("*") && inner.startsWith(outer.replace(/\*+$/, ""))),
  },
});

const paths = target({
  name: "paths",
  make: (random) => [
    (random.chance(90) ? "/" : "") +
      some(random, 12, [
        "a",
        "..",
        ".",
        "/",
        "/../",
        "//",
        "%2e",
        "%2F",
        "%2",
        "e",
        "\\",
        "\0",
        "é",
        "e\u0301",
        "\ud800",
        "*",
        " ",
        "\n",
        "a/b",
      ]),
  ],
  subject: canonicalPath,
  check(canonical, [text = ""]) {
    const said = canonical(text);
    const is = slowPath(text);
    const path = said.ok ? said.text : undefined;
    if (path !== is) return `it says ${JSON.stringify(path)}, and it is ${JSON.stringify(is)}`;
    return said.ok && said.text.split("/").includes("..") ? "it climbs" : undefined;
  },
  bugs: {
    "encoded dots that are let through": (text) => {
      const said = canonicalPath(text.replaceAll(/%2e/gi, "x"));
      return said.ok ? { ok: true, text: said.text } : said;
    },
    "dots that are taken out once": (text) => canonicalPath(text.replace("/../", "/")),
    "a text that is not composed": (text) => {
      const said = canonicalPath(text);
      return said.ok ? { ok: true, text: said.text.normalize("NFD") } : said;
    },
  },
});

const URL_PIECES = [
  "https://",
  "http:",
  "//",
  "a.com",
  "A.COM.",
  "evil.com",
  "@",
  ":443",
  ":80",
  ":",
  "/",
  "..",
  "%2e",
  "%41",
  "?q",
  "#f",
  "\\",
  "0x7f.1",
  "[::1]",
  "127.1",
  "é",
  "。",
  " ",
  "\t",
  "xn--",
  "*",
  "ftp://",
  "a",
  ".",
];

const urls = target({
  name: "urls",
  make: (random) => [
    (random.chance(80) ? random.pick(["https://a.com", "http://A.b:80/", "s3://x/"]) : "") +
      some(random, 8, URL_PIECES),
  ],
  subject: canonicalUrl,
  check(canonical, [text = ""]) {
    const said = canonical(text);
    if (!said.ok) return undefined;
    const twice = canonical(said.text);
    if (!twice.ok || twice.text !== said.text) return "its canonical form has another one";
    const [is, of] = [new URL(text), new URL(said.text)];
    if (of.username !== "" || of.password !== "" || /@/.test(said.text.split("/")[2]!))
      return "it has a user";
    if (of.hash !== "") return "it has a fragment";
    const same = (name: "protocol" | "port" | "search") => is[name] === of[name];
    const host = is.hostname.normalize("NFC").replace(/\.$/, "") === of.hostname;
    return host && same("protocol") && same("port") && same("search")
      ? undefined
      : `another place: ${said.text}`;
  },
  bugs: {
    "a user that is let through": (text) => {
      const said = canonicalUrl(text.replace(/\/\/[^/]*@/, "//"));
      return said.ok && text.includes("@")
        ? { ok: true, text: said.text.replace("//", "//u@") }
        : said;
    },
    "a port that is left out": (text) => {
      const said = canonicalUrl(text);
      return said.ok ? { ok: true, text: said.text.replace(/:\d+\//, "/") } : said;
    },
    "a host whose last label is taken for none": (text) => {
      const said = canonicalUrl(text);
      return said.ok ? { ok: true, text: said.text.replace(/\.com(\W|$)/, "$1") } : said;
    },
  },
});

/** What money does: amounts that are summed, and costs that are taken from them. */
interface Money {
  readonly sum: typeof sum;
  readonly difference: typeof difference;
  readonly charged: typeof charged;
}

const floats = (one: string, other: string, sign: 1 | -1) =>
  String(Number(one) + sign * Number(other)) as ReturnType<typeof sum>;

const amounts = target<Money>({
  name: "amounts",
  make(random) {
    const digits = () => some(random, 12, ["0", "1", "5", "9", "00", "123"]) || "0";
    const amount = () => `USD:${digits()}${random.chance(60) ? `.${digits()}` : ""}`;
    const cost = String(random.between(0, 1e6) / 10 ** random.between(0, 12));
    return [amount(), amount(), cost];
  },
  subject: { sum, difference, charged },
  check(money, [one = "", other = "", cost = ""]) {
    if (!parseAmount(one).ok || !parseAmount(other).ok || !/^[\d.e+-]+$/.test(cost))
      return undefined;
    if (!Number.isFinite(Number(cost)) || Number(cost) < 0 || cost === "") return undefined;
    const [a, b] = [amountOf(one).value, amountOf(other).value];
    const [x, y] = [one, other].map((text) => slowUnits(text.slice(text.indexOf(":") + 1)));
    const total = money.sum(a, b);
    if (slowUnits(total) !== x! + y!) return `${a} + ${b} is not ${total}`;
    const rest = money.difference(a, b);
    if (slowUnits(rest) !== x! - y!) return `${a} - ${b} is not ${rest}`;
    const [after] = money.charged(
      [{ currency: "USD", left: a }],
      { currency: "USD", left: a },
      Number(cost),
    );
    const spent = x! - slowUnits(String(Number(cost)));
    return slowUnits(after!.left) === spent ? undefined : `${a} less ${cost} is not ${after!.left}`;
  },
  bugs: {
    "sums in binary": { sum: (a, b) => floats(a, b, 1), difference, charged },
    "differences in binary": { sum, difference: (a, b) => floats(a, b, -1), charged },
    "costs to the sixth digit": {
      sum,
      difference,
      charged: (counters, counter, cost) => charged(counters, counter, Number(cost.toFixed(6))),
    },
  },
});

export const LEASES: readonly Target[] = [globs, subset, paths, urls, amounts];
