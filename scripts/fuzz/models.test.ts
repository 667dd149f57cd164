import { expect, it } from "vitest";
import { DRAFT } from "../../generated/current/constants.js";
import { CURRENT, REVISIONS, revision } from "./models.js";

it("has the fuzzer of each draft beside the validators of the same", () => {
  expect(REVISIONS.length).toBeGreaterThan(1);
  for (const { name, fuzz, validate } of REVISIONS) {
    expect(fuzz.revision).toBe(name);
    for (const of of fuzz.names) {
      expect(validate(fuzz.valid(of).next().value).kind, `${name} ${of}`).toBe("known");
    }
    for (const { constraint, message } of fuzz.violations("session.hello")) {
      expect(validate(message).kind, `${name} ${constraint}`).toBe("invalid");
    }
  }
});

it("finds a draft by its name, and the one that this runtime speaks", () => {
  expect(CURRENT.name).toBe(DRAFT);
  for (const one of REVISIONS) expect(revision(one.name)).toBe(one);
  expect(revision("none")).toBeUndefined();
  expect(revision(undefined)).toBeUndefined();
});
