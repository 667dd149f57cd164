/** Lines between which errors decide about a branch and may be forgotten: `const _errs1 = errors;` */
interface Trial {
  readonly mark: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Lets a validator stop when it has said enough: at the first error when nobody asked why, at `MOST`
 * when somebody did (`report` counts accordingly). Within a branch of a choice an error is no verdict
 * yet: there nothing returns, but a loop ends once the branch is lost. Without this a message of
 * nothing but errors would cost far more than a good one of its length.
 */
export function stop(lines: readonly string[]): string[] {
  const trials = trialsOf(lines);
  // After `else { errors += report(…); } return errors === 0;` of the outermost block nothing follows.
  const end = lines.at(-4) === "else {" ? lines.length - 3 : -1;
  const result: string[] = [];
  let counts: string[] = [];
  lines.forEach((line, index) => {
    const around = trials.filter(({ first, last }) => first < index && index <= last);
    const mark = around.at(-1)?.mark;
    const counted = COUNTED.exec(line)?.[1];
    if (mark === undefined && counted !== undefined && index !== end) {
      counts.push(counted);
      return;
    }
    result.push(...check(counts), line);
    counts = [];
    if (mark !== undefined && LOOP.test(line)) result.push(`if(errors >= ${mark} + MOST) break;`);
  });
  return result;
}

const COUNTED = /^errors \+= (.*);$/;
const LOOP = /^(?:\w+: ?)?for ?\(.*\{$/;

/** Adds up errors that stand side by side, and returns once there are enough. */
function check(counts: readonly string[]): string[] {
  const [first, ...more] = counts.map((counted) => `(errors += ${counted}) >= MOST`);
  if (first === undefined) return [];
  if (more.length === 0) return [`if(${first}) return false;`];
  return [
    "if(",
    ...[first, ...more.slice(0, -1)].map((it) => `${it} ||`),
    more.at(-1) ?? "",
    ") return false;",
  ];
}

function trialsOf(lines: readonly string[]): Trial[] {
  return lines.flatMap((line, first) => {
    const mark = /^const (_errs\d+) = errors;$/.exec(line)?.[1];
    if (mark === undefined) return [];
    const last = lines.findLastIndex((other) => new RegExp(`\\b${mark}\\b`).test(other));
    if (last === first) return [];
    const restored = lines.indexOf(`errors = ${mark};`);
    // `if(!valid){ errors += report(…); } else { errors = mark; }`: the verdict has been given.
    return [{ mark, first, last: lines[restored - 1] === "else {" ? restored - 4 : last }];
  });
}
