import { describe, expect, it } from "vitest";
import { originsOf } from "./origins.js";

describe("allowedOrigins", () => {
  it.each([
    ["https://app.example.com", "https://app.example.com"],
    ["https://App.Example.com/", "https://app.example.com"],
    ["https://a.test:443", "https://a.test"],
    ["http://localhost:5173", "http://localhost:5173"],
    ["http://[::1]:80", "http://[::1]"],
    ["https://bücher.test", "https://xn--bcher-kva.test"],
    ["chrome-extension://AbC", "chrome-extension://abc"],
  ])("takes %s as %s", (given, origin) => {
    expect(originsOf([given])).toEqual([origin]);
  });

  it.each([
    "foo/bar",
    "*",
    "https://*.example.com",
    "null",
    "",
    "app.example.com",
    "localhost:5173",
    "https:app.example.com",
    "https://a.test/path",
    "https://a.test?x",
    "https://a.test#x",
    "https://me@a.test",
    "https://a.test ",
    "https://a.test:99999",
    "file:///x",
    7,
    null,
  ])("refuses %j, and says what an origin is", (given) => {
    const refused = () => originsOf([given as string]);
    expect(refused).toThrow(TypeError);
    expect(refused).toThrow(`allowedOrigins: ${JSON.stringify(given)} is not an origin`);
  });

  it("refuses a text in the place of a list", () => {
    expect(() => originsOf("https://a.test" as never)).toThrow(/must be an array/);
  });
});
