import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Io } from "./io.js";
import { leaseOf, tokenOf, urlOf } from "./options.js";
import { principalsOf } from "./tokens.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "arcp-cli-"));
  file = join(folder, "tokens");
});
afterEach(() => rm(folder, { recursive: true }));

function io(env: Record<string, string> = {}): Io {
  const stream = new Writable();
  return {
    stdout: stream,
    stderr: stream,
    stdin: Readable.from([]),
    env,
    onIdle: () => () => undefined,
    onStray: () => () => undefined,
    onSignal: () => () => {},
  };
}

const none = {};

/** What is said of options that are no good. */
function refuse(options: object, loopback = true): Promise<string> {
  return principalsOf({ ...none, ...options }, io(), { loopback }).then(
    () => "accepted",
    (error: Error) => error.message,
  );
}

describe("tokens of a server", () => {
  it("pair the n-th token with the n-th principal, and local stands for the rest", async () => {
    const options = { token: ["a", "b", "c"], principal: ["ann", "bob"] };
    expect(await principalsOf(options, io(), { loopback: true })).toEqual({
      tokens: { a: "ann", b: "bob", c: "local" },
      made: undefined,
    });
  });

  it("come from a file too, which may name principals", async () => {
    await writeFile(file, "# ours\nx xenia\n\ny\nz zoe\n");
    const options = { token: ["a"], tokenFile: file, principal: ["ann", "yves"] };
    const { tokens } = await principalsOf(options, io({ ARCP_TOKEN: "ignored" }), {
      loopback: true,
    });
    expect(tokens).toEqual({ a: "ann", x: "xenia", y: "yves", z: "zoe" });
  });

  it("come from a file with nothing behind the principal, so that no two of them become one", async () => {
    await writeFile(file, "# two Bobs\n\ns3cret-1 bob smith\ns3cret-2 bob jones\n");
    const said = await refuse({ tokenFile: file });
    expect(said).toContain(`--token-file ${file}, line 3: it has more than a token and its princ`);
    expect(said).not.toMatch(/s3cret|bob/);
    await writeFile(file, "t1 ada # a comment\n");
    expect(await refuse({ tokenFile: file })).toContain("line 1: ");
    await writeFile(file, "\t t1 \t ada \r\n#t2 bob\n  # t3\n");
    const { tokens } = await principalsOf({ tokenFile: file }, io(), { loopback: true });
    expect(tokens).toEqual({ t1: "ada" });
  });

  it("come from the environment, and are made where nobody else can connect", async () => {
    expect(await principalsOf(none, io({ ARCP_TOKEN: "t" }), { loopback: false })).toEqual({
      tokens: { t: "local" },
      made: undefined,
    });
    const { tokens, made } = await principalsOf(none, io(), { loopback: true });
    expect(made).toMatch(/^dev_[0-9a-f]{32}$/);
    expect(tokens).toEqual({ [made!]: "local" });
    expect((await principalsOf(none, io(), { loopback: true })).made).not.toBe(made);
  });

  it("may be written as their hashes", async () => {
    const hash = `sha256:${"0a".repeat(32)}`;
    await writeFile(file, `${hash} ada\n`);
    const { tokens } = await principalsOf({ tokenFile: file }, io(), { loopback: true });
    expect(tokens).toEqual({ [hash]: "ada" });
    await writeFile(file, `${hash.toUpperCase().replace("SHA", "sha")} ada\n`);
    expect(await refuse({ tokenFile: file })).toContain("in lower case");
    expect(await refuse({ token: ["sha256:s3cret"] })).toMatch(
      /^--token: a hash is sha256: and 64/,
    );
  });

  it("are none but those that were asked for, where others are let in otherwise", async () => {
    const reach = { loopback: true, others: true };
    expect(await principalsOf(none, io({ ARCP_TOKEN: "t" }), reach)).toEqual({
      tokens: {},
      made: undefined,
    });
    const { tokens } = await principalsOf({ token: ["a"] }, io(), reach);
    expect(tokens).toEqual({ a: "local" });
  });

  it("are refused in words that do not hold them", async () => {
    expect(await refuse({}, false)).toContain("give a token");
    expect(await refuse({ token: ["s3cret", "s3cret"] })).toBe("the same token is given twice");
    expect(await refuse({ token: ["a"], principal: ["p", "q"] })).toContain("--principal q");
    expect(await refuse({ token: ["a", "b"], principal: ["p", ""] })).toContain(
      "the name is empty",
    );
    expect(await refuse({ token: ["s3 cret"] })).not.toContain("s3");
    expect(await refuse({ token: [""] })).toContain("empty");
    await writeFile(file, "# nothing\n");
    expect(await refuse({ tokenFile: file })).toContain("no token in it");
    expect(await refuse({ tokenFile: join(folder, "absent") })).toContain("no such file");
  });
});

describe("the token of a client", () => {
  it("is that of the option, else of the file, else of the environment", async () => {
    await writeFile(file, "from-file its-principal\nsecond\n");
    const env = io({ ARCP_TOKEN: "from-env" });
    expect(await tokenOf({ token: "from-flag" }, env)).toBe("from-flag");
    expect(await tokenOf({ tokenFile: file }, env)).toBe("from-file");
    expect(await tokenOf({}, env)).toBe("from-env");
    expect(await tokenOf({}, io())).toBeUndefined();
    await expect(tokenOf({ token: "a", tokenFile: file }, env)).rejects.toThrow("not both");
  });
});

describe("addresses and leases", () => {
  it("have a default address, and one in the environment", () => {
    expect(urlOf(undefined, io())).toBe("ws://127.0.0.1:7777/arcp");
    expect(urlOf(undefined, io({ ARCP_URL: "ws://h:1/x" }))).toBe("ws://h:1/x");
    expect(urlOf("wss://g/y", io({ ARCP_URL: "ws://h:1/x" }))).toBe("wss://g/y");
    expect(() => urlOf("nowhere", io())).toThrow(/^--url: /);
    expect(() => urlOf(undefined, io({ ARCP_URL: "ftp://h" }))).toThrow(/^ARCP_URL: /);
  });

  it("read leases as JSON and as pairs, and join them", () => {
    expect(leaseOf([])).toBeUndefined();
    expect(leaseOf(['{"fs.read":["/a/**"]}', "fs.read=/b/**", "net.fetch=https://x/?a=b"])).toEqual(
      {
        "fs.read": ["/a/**", "/b/**"],
        "net.fetch": ["https://x/?a=b"],
      },
    );
    expect(() => leaseOf(["fs.read"])).toThrow("namespace=pattern");
    expect(() => leaseOf(['{"fs.read":"/a"}'])).toThrow("list of strings");
    expect(() => leaseOf(['{"fs.read":[}'])).toThrow("position 12");
  });
});
