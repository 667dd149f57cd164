/** Every generated fixture as a frame. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DRAFT } from "../../generated/current/constants.js";
import { decode } from "./decode.js";

interface Case {
  readonly id: string;
  readonly verdict: "known" | "unknown" | "invalid";
  readonly pointer?: string;
  readonly keyword?: string;
  readonly section?: string;
  readonly tolerated?: string;
  readonly value: unknown;
}

function casesOf(file: string): readonly Case[] {
  const url = new URL(`../../generated/draft-${DRAFT}/fixtures/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly cases: readonly Case[] }).cases;
}

describe("decode", () => {
  it.each(["valid", "boundary", "future"])("takes every fixture of %s.json", (file) => {
    const cases = casesOf(file);
    expect(cases.length).toBeGreaterThan(40);
    for (const { id, verdict, value } of cases) {
      const decoded = decode(JSON.stringify(value));
      expect(decoded, id).toMatchObject({ ok: true, known: verdict === "known" });
    }
  });

  it("refuses every fixture of invalid.json where it is wrong (ENV-14 forgives some)", () => {
    const cases = casesOf("invalid");
    expect(cases.length).toBeGreaterThan(400);
    for (const { id, pointer, keyword, section, tolerated, value } of cases) {
      const decoded = decode(JSON.stringify(value));
      if (tolerated !== undefined) {
        expect(decoded, id).toMatchObject({ ok: true });
        continue;
      }
      const details = { path: pointer, keyword, section };
      const fault = { code: "INVALID_REQUEST", details };
      expect(decoded, id).toMatchObject({ ok: false, fault });
    }
  });
});
