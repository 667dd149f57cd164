/**
 * Prints what matters of a step that failed, at most 150 lines: its last 60, and around each line that tells of a failed
 * test or an error the 3 before it and the 20 after it. The file is the first argument.
 */
import { readFileSync } from "node:fs";

const MOST = 150;
const LAST = 60;
const WIDEST = 400;

/** Failed tests first: an error may be one that a test expects, and that a program has logged. */
const TELLING = [/\bFAIL(?:ED)?\b|AssertionError/, /Error:/];

const lines = readFileSync(process.argv[2], "utf8").trimEnd().split("\n");
const kept = new Set([...lines.keys()].slice(-LAST));

function keepAround(at) {
  for (let near = Math.max(0, at - 3); near <= at + 20 && near < lines.length; near += 1) {
    if (kept.size < MOST) kept.add(near);
  }
}

for (const telling of TELLING) {
  for (const [at, line] of lines.entries()) {
    if (telling.test(line)) keepAround(at);
  }
}

let next = 0;
for (const at of [...kept].toSorted((a, b) => a - b)) {
  if (at > next) console.log(`[${at - next} lines]`);
  console.log(lines[at].slice(0, WIDEST));
  next = at + 1;
}
