import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { controlled, readControl } from "./control.js";

const url = "ws://127.0.0.1:{port}/arcp";

/** A runtime in one line: it writes down each start of its, then answers upgrades with 426. */
const program = (then: string) =>
  `'${process.execPath}' -e '
    const [port, folder] = process.argv.slice(1);
    require("node:fs").appendFileSync(folder + "/starts", "x");
    ${then}' {port} '{folder}'`;
const listening =
  'require("node:http").createServer((_, r) => r.writeHead(426).end()).listen(port, "127.0.0.1");';

describe("a control file", () => {
  it("says how to start a runtime, where it is, and how long that takes", () => {
    const text = JSON.stringify({ start: "serve {port} {folder}", url, readyMs: 5 });
    expect(readControl(text)).toEqual({ start: "serve {port} {folder}", url, readyMs: 5 });
  });

  it.each([
    ["{", /^no JSON: /],
    ["[]", /must be an object/],
    [JSON.stringify({ start: "x {port}", url, stop: "y" }), /^\/stop: unknown/],
    [JSON.stringify({ url }), /^\/start: the command/],
    [JSON.stringify({ start: "serve", url }), /^\/start: it must hand {port} on/],
    [JSON.stringify({ start: "x {port}", url: "http://here" }), /^\/url: an address/],
    [JSON.stringify({ start: "x {port}", url, readyMs: "1" }), /^\/readyMs: a number/],
  ])("is refused as %s", (text, message) => {
    expect(() => readControl(text)).toThrow(message);
  });
});

describe("a runtime under control", () => {
  it("keeps its port and folder over a kill, and leaves nothing behind", async () => {
    const place = await controlled({ start: program(listening), url });
    await place.start();
    await place.kill();
    await place.start();
    expect(await readFile(`${place.folder}/starts`, "utf8")).toBe("xx");
    await place.close();
    expect(existsSync(place.folder)).toBe(false);
  });

  it("says how it ended, and its last words, when it does not come up", async () => {
    const dies = program('console.error("no such option"); process.exit(3);');
    const place = await controlled({ start: dies, url });
    await expect(place.start()).rejects.toThrow(/exited with 3 at its start: no such option/);
    await place.close();
  });

  it("says so when it is silent for too long", async () => {
    const place = await controlled({
      start: program("setInterval(() => {}, 1e6);"),
      url,
      readyMs: 300,
    });
    await expect(place.start()).rejects.toThrow(/not ready after 300 ms: cannot connect/);
    await place.close();
  });
});
