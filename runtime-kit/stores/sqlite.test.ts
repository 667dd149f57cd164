import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { describeStore } from "./contract.js";
import { sqlite } from "./sqlite.js";

let folder: string;
let made = 0;
const files = new WeakMap<object, string>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "arcp-sqlite-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(path: string) {
  const store = sqlite(path);
  files.set(store, path);
  return store;
}

describeStore("sqlite", {
  make: () => open(join(folder, `${(made += 1)}.db`)),
  reopen: (store) => open(files.get(store) as string),
});
