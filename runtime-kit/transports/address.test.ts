import { describe, expect, it } from "vitest";
import { looksSecret, printable, webSocketUrl } from "./address.js";
import { closing } from "./closing.js";

describe("webSocketUrl", () => {
  it.each([
    ["ws://127.0.0.1:7777/arcp", "ws://127.0.0.1:7777/arcp"],
    ["http://localhost:7777/arcp", "ws://localhost:7777/arcp"],
    ["https://example.com/arcp?v=1#x", "wss://example.com/arcp?v=1"],
    ["wss://[::1]:7777/arcp", "wss://[::1]:7777/arcp"],
  ])("reads %s as %s", (address, url) => {
    expect(webSocketUrl(address)).toBe(url);
    expect(webSocketUrl(new URL(address))).toBe(url);
  });

  it.each([
    "",
    "localhost:7777",
    "file:///arcp",
    "ws://user@h/arcp",
    "ws://:pw@h/arcp",
    "ws://h/arcp?token=s3cr3t",
    "ws://h/arcp?resume_token=s3cr3t",
    "ws://h/arcp?x=1&Authorization=s3cr3t",
    "ws://h/arcp?api_key=s3cr3t",
  ])("refuses %j without repeating it", (address) => {
    let message = "";
    try {
      webSocketUrl(address);
    } catch (error) {
      message = (error as TypeError).message;
    }
    expect(message).not.toBe("");
    expect(message).not.toContain("s3cr3t");
  });

  it.each([
    ...["key", "KEY", "x-key", "signing_key", "accountKey", "subscription-key"],
    ...["jwt", "id_jwt", "jwt2", "pwd", "user.pass", "passphrase", "passcode", "otp", "sig"],
    ...["X-Amz-Signature", "psk", "cookie", "sessionkey", "accesskey", "private_key", "MasterKey"],
    ...["auth", "authorisation", "oauth_verifier", "client_secret", "bearer", "apikey", "jwe"],
  ])("takes %s for the name of a secret", (name) => {
    expect(looksSecret(name)).toBe(true);
    expect(() => webSocketUrl(`ws://h/arcp?${name}=s3cr3t`)).toThrow(TypeError);
  });

  it.each([
    ...["keyboard", "monkey", "keynote", "turkey", "whiskey", "keyword", "v", "id"],
    ...["region", "sigma", "design", "passenger", "compass", "bypass", "author", "co-authors"],
    ...["authority", "author_id", "optional", "laptop", "session", "tenant"],
  ])("takes %s for a plain word", (name) => {
    expect(looksSecret(name)).toBe(false);
    expect(webSocketUrl(`ws://h/arcp?${name}=1`)).toBe(`ws://h/arcp?${name}=1`);
  });

  it("prints no query", () => {
    expect(printable("ws://h/arcp?v=1")).toBe("ws://h/arcp");
  });
});

describe("closing", () => {
  it("keeps what may be sent and mends what may not", () => {
    expect(closing()).toEqual({ code: 1000, reason: "" });
    for (const code of [1000, 1001, 1003, 1008, 1011, 1014, 3000, 4009, 4999]) {
      expect(closing(code).code).toBe(code);
    }
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, NaN, 1000.5]) {
      expect(closing(code).code).toBe(1000);
    }
  });

  it("cuts a long reason between two characters", () => {
    expect(closing(1000, "x".repeat(123)).reason).toHaveLength(123);
    expect(closing(1000, "x".repeat(124)).reason).toHaveLength(123);
    expect(closing(1000, "é".repeat(100)).reason).toBe("é".repeat(61));
    expect(closing(1000, "\u{1f600}".repeat(100)).reason).toBe("\u{1f600}".repeat(30));
  });
});
