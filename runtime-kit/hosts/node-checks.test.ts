import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { forLog, isLocal, isLoopback, pathOf, refusal } from "./node-checks.js";
import type { AdmissionOptions, Bound } from "./node-checks.js";

const local: Bound = { address: { address: "127.0.0.1", family: "IPv4", port: 7777 }, tls: false };
const remote: Bound = {
  address: { address: "0.0.0.0", family: "IPv4", port: 7777 },
  name: "arcp.test",
  tls: false,
};

function ask(
  headers: readonly [string, string][],
  bound: Bound = local,
  options: AdmissionOptions = {},
  url = "/arcp",
): number | undefined {
  const request = { url, rawHeaders: headers.flat() } as unknown as IncomingMessage;
  return refusal(request, bound, options)?.status;
}
const host = (name: string): [string, string] => ["Host", name];
const good = host("127.0.0.1:7777");

const at = (port: number, tls: boolean): Bound => ({
  address: { address: "::1", family: "IPv6", port },
  tls,
});

describe("a request", () => {
  it.each<[from: string | undefined, to: string | undefined, boolean]>([
    ["127.0.0.1", "127.0.0.1", true],
    ["::1", "::1", true],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1", true],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.8", "192.0.2.7", false],
    ["2001:db8::2", "2001:db8::1", false],
    [undefined, undefined, false],
  ])("SEC-03 from %s to %s is of this machine: %s", (remoteAddress, localAddress, is) => {
    const request = { socket: { remoteAddress, localAddress } } as IncomingMessage;
    expect(isLocal(request, local.address)).toBe(is);
  });

  it("SEC-03 to a socket in the file system is of this machine", () => {
    expect(isLocal({ socket: {} } as IncomingMessage, "/run/arcp.sock")).toBe(true);
  });
});

describe("the Host header on a loopback address", () => {
  it.each(["127.0.0.1:7777", "localhost:7777", "LOCALHOST:7777", "[::1]:7777"])(
    "may be %s",
    (name) => {
      expect(ask([host(name)])).toBeUndefined();
    },
  );

  it.each([
    "127.0.0.1",
    "127.0.0.1:7778",
    "127.0.0.2:7777",
    "localhost",
    "localhost.:7777",
    "localhost:7777.evil.test",
    "localhost.evil.test:7777",
    "evil.test:7777",
    "evil.test",
    "user@localhost:7777",
    "localhost:7777@evil.test",
    "127.0.0.1:7777/",
    "127.1:7777",
    "2130706433:7777",
    "[::1:7777",
    "[::ffff:127.0.0.1]:7777",
    "::1:7777",
    "",
    " ",
    "localhost:",
    "localhost:07777x",
    "localhost:777777",
  ])("may not be %j", (name) => {
    expect(ask([host(name)])).toBe(403);
  });

  it("must be there, once", () => {
    expect(ask([])).toBe(403);
    expect(ask([good, good])).toBe(403);
    expect(ask([good, host("evil.test")])).toBe(403);
  });

  it("may leave out the scheme's own port", () => {
    expect(ask([host("localhost")], at(80, false))).toBeUndefined();
    expect(ask([host("localhost")], at(443, true))).toBeUndefined();
    expect(ask([host("localhost")], at(443, false))).toBe(403);
  });
});

describe("the Host header on another address", () => {
  it.each(["192.168.1.7:7777", "10.0.0.1", "[fe80::1]:7777", "localhost:7777", "arcp.test:7777"])(
    "may be %s",
    (name) => {
      expect(ask([host(name)], remote)).toBeUndefined();
    },
  );

  it.each(["evil.test", "evil.test:7777", "192.168.1.7.evil.test"])("may not be %s", (name) => {
    expect(ask([host(name)], remote)).toBe(403);
  });

  it("is a configured name on a socket file", () => {
    expect(ask([host("evil.test")], { address: "/run/arcp.sock", tls: false })).toBe(403);
  });
});

describe("configured hosts", () => {
  const options = { allowedHosts: ["Example.com", "api.example.com:8443", "[2001:db8::1]:7777"] };

  it.each(["example.com", "example.com:1234", "api.example.com:8443", "[2001:db8::1]:7777"])(
    "allow %s",
    (name) => {
      expect(ask([host(name)], local, options)).toBeUndefined();
    },
  );

  it.each([
    "www.example.com",
    "api.example.com",
    "api.example.com:8444",
    "127.0.0.1:7777",
    "[2001:db8::1]",
  ])("do not allow %s", (name) => {
    expect(ask([host(name)], local, options)).toBe(403);
  });

  it("compare with the scheme's port where the header has none", () => {
    const tls: Bound = { ...remote, tls: true };
    expect(ask([host("a.test")], tls, { allowedHosts: ["a.test:443"] })).toBeUndefined();
    expect(ask([host("a.test")], remote, { allowedHosts: ["a.test:443"] })).toBe(403);
  });
});

describe("the Origin header", () => {
  const options = { allowedOrigins: ["https://App.example.com", "null"] };

  it("may be absent, or an allowed one", () => {
    expect(ask([good], local, options)).toBeUndefined();
    expect(ask([good, ["origin", "https://app.example.com"]], local, options)).toBeUndefined();
  });

  it.each([
    "null",
    "https://evil.test",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.test",
    "https://app.example.com, https://evil.test",
    "",
  ])("may not be %j", (origin) => {
    expect(ask([good, ["Origin", origin]], local, options)).toBe(403);
  });

  it("is not compared with the Host header: both are the attacker's in DNS rebinding", () => {
    expect(ask([good, ["Origin", "http://127.0.0.1:7777"]])).toBe(403);
    expect(ask([good, ["Origin", "http://localhost:7777"]])).toBe(403);
  });

  it("may not come twice", () => {
    const allowed: [string, string] = ["Origin", "https://app.example.com"];
    expect(ask([good, allowed, allowed], local, options)).toBe(403);
  });
});

describe("the target", () => {
  it("must be the path", () => {
    expect(ask([good], local, {}, "/")).toBe(404);
    expect(ask([good], local, {}, "/arcp/")).toBe(404);
    expect(ask([good], local, {}, "/ARCP")).toBe(404);
    expect(ask([good], local, {}, "/arcp?v=1")).toBeUndefined();
    expect(ask([good], local, { path: "/x" }, "/x")).toBeUndefined();
    expect(ask([good], local, {}, "http://127.0.0.1:7777/arcp")).toBe(400);
    expect(ask([good], local, {}, "*")).toBe(400);
    expect(pathOf({} as IncomingMessage)).toBeUndefined();
  });

  it.each([
    "token=x",
    "a=1&access_token=x",
    "?token=x",
    "Authorization=x",
    "api_key=x",
    "resume%5Ftoken=x",
    "%74oken",
    "key=x",
    "jwt=x",
  ])("must hold no secret: %s", (query) => {
    expect(ask([good], local, {}, `/arcp?${query}`)).toBe(400);
  });
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.9.9.9", "localhost", "LocalHost", "::1", "::ffff:127.0.0.1"])(
    "%s is",
    (name) => {
      expect(isLoopback(name)).toBe(true);
    },
  );
  it.each(["0.0.0.0", "::", "10.0.0.1", "127.evil.test", "localhost.evil.test", ""])(
    "%j is not",
    (name) => {
      expect(isLoopback(name)).toBe(false);
    },
  );
});

describe("forLog", () => {
  it("leaves nothing that could forge a line or colour a terminal", () => {
    expect(forLog("a\r\nb\x1b[31mé")).toBe("a??b?[31m?");
    expect(forLog("x".repeat(1_000))).toHaveLength(100);
    expect(forLog(undefined)).toBeUndefined();
  });
});
