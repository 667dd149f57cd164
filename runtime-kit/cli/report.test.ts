import { expect, it } from "vitest";
import { ArcpError, ConnectionError } from "../wire/errors.js";
import { failureOf } from "./report.js";

it("hints at a pointer only where one is named", () => {
  const named = new ArcpError("INVALID_REQUEST", "no such thing", { details: { path: "/agent" } });
  expect(failureOf(named).line).toContain("(Mend the message at the pointer that is named.)");
  const nameless = failureOf(new ArcpError("INVALID_REQUEST", "the frame is too large"));
  expect(nameless.line).toBe("[INVALID_REQUEST] the frame is too large");
  expect(nameless.json).toMatchObject({ code: "INVALID_REQUEST", hint: undefined });
});

it("tells a token that is refused on the way as what it is, and a session that is lost by it as a gap", () => {
  const cause = new ArcpError("UNAUTHENTICATED", "the token has expired");
  const told = (code: "CLOSED" | "GAP") =>
    failureOf(new ConnectionError(code, "the session cannot go on", { cause })).exit;
  expect([told("CLOSED"), told("GAP")]).toEqual([3, 10]);
});
