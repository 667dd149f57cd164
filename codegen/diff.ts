/** A run of lines in a comparison: in both texts, only in the old one, or only in the new one. */
interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Changed lines with those around them; line numbers are 1-based. */
export interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly Line[];
}

/** Beyond so many differing lines the rest counts as replaced: nobody reads such a diff line by line. */
const MOST = 500;

/** The differences of two texts, each with `context` lines around it. */
export function hunks(before: string, after: string, context = 3): Hunk[] {
  const script = compare(before.split("\n"), after.split("\n"));
  const result: Hunk[] = [];
  let lines: Line[] = [];
  let oldLine = 1;
  let newLine = 1;
  let start: [number, number] = [1, 1];
  let calm = 0;
  const close = (): void => {
    if (lines.some((line) => line.sign !== " ")) {
      const kept = lines.slice(0, lines.length - Math.max(0, calm - context));
      result.push({ oldStart: start[0], newStart: start[1], lines: kept });
    }
    lines = [];
  };
  for (const line of script) {
    if (lines.length === 0) start = [oldLine, newLine];
    lines.push(line);
    calm = line.sign === " " ? calm + 1 : 0;
    if (line.sign !== "+") oldLine += 1;
    if (line.sign !== "-") newLine += 1;
    const quiet = lines.every((it) => it.sign === " ");
    if (quiet && lines.length > context) {
      lines.shift();
      start = [oldLine - lines.length, newLine - lines.length];
    } else if (!quiet && calm > 2 * context) {
      const next = lines.slice(-context);
      close();
      lines = next;
      start = [oldLine - context, newLine - context];
    }
  }
  close();
  return result;
}

/** A hunk as text; `note` follows its numbers. */
export function formatHunk({ oldStart, newStart, lines }: Hunk, note: string): string {
  const old = lines.filter((line) => line.sign !== "+").length;
  const fresh = lines.filter((line) => line.sign !== "-").length;
  const head = `@@ -${oldStart},${old} +${newStart},${fresh} @@ ${note}`.trimEnd();
  return [head, ...lines.map((line) => line.sign + line.text)].join("\n");
}

/** Myers' shortest script, after what both ends share. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...before.slice(0, head).map(same),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function same(text: string): Line {
  return { sign: " ", text };
}

function shortest(a: readonly string[], b: readonly string[]): Line[] {
  const trace: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d++) {
    trace.push(new Map(reached));
    const next = new Map(reached);
    for (let k = -d; k <= d; k += 2) {
      let x = steps(reached, k, d) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walk(trace, a, b);
    }
    reached = next;
  }
  return [
    ...a.map((text): Line => ({ sign: "-", text })),
    ...b.map((text): Line => ({ sign: "+", text })),
  ];
}

/** Whether the furthest way to diagonal `k` inserts a line (down) rather than deletes one. */
function steps(reached: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function walk(
  trace: readonly Map<number, number>[],
  a: readonly string[],
  b: readonly string[],
): Line[] {
  const script: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reached = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const from = steps(reached, k, d) ? k + 1 : k - 1;
    const fromX = reached.get(from) ?? 0;
    const fromY = fromX - from;
    while (x > fromX && y > fromY) {
      script.push({ sign: " ", text: a[x - 1] ?? "" });
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    if (x > fromX) script.push({ sign: "-", text: a[x - 1] ?? "" });
    else script.push({ sign: "+", text: b[y - 1] ?? "" });
    x = fromX;
    y = fromY;
  }
  return script.toReversed();
}
