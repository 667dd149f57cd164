import { expect, it } from "vitest";
import { ArcpError } from "../wire/errors.js";
import { failureOf } from "./report.js";

it("hints at a pointer only where one is named", () => {
  const named = new ArcpError("INVALID_REQUEST", "no such thing", { details: { path: "/agent" } });
  expect(failureOf(named).line).toContain("(Mend the message at the pointer that is named.)");
  const nameless = failureOf(new ArcpError("INVALID_REQUEST", "the frame is too large"));
  expect(nameless.line).toBe("[INVALID_REQUEST] the frame is too large");
  expect(nameless.json).toMatchObject({ code: "INVALID_REQUEST", hint: undefined });
});
