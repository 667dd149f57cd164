/**
 * `npm run test:secrets`, the other half: a job's credentials are issued, shown to whom they belong, rotated and revoked,
 * under tokens that nobody else has; then every file, log, stream and report that was left is searched for their values.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../runtime-kit/node.js";
import { arcp, arcpDone } from "../../runtime-kit/cli/io.test-helper.js";
import { placesOf, takeFiles } from "./search.js";
import type { Places } from "./search.js";

const canary = (name: string): string => `canary-${name}-${randomBytes(12).toString("hex")}`;
const tokens = { ada: canary("ada"), bob: canary("bob") };
/** What must be nowhere, by what it is. */
const secrets = new Map<string, string>([
  ["the token of its owner", tokens.ada],
  ["the token of somebody else", tokens.bob],
]);
const left: Places = new Map();
const folder = mkdtempSync(join(tmpdir(), "arcp-credentials-"));

const STEPS = [
  { op: "cost", value: 0.25, unit: "USD", call_id: "call_1" },
  { op: "rotate" },
  { op: "gate", name: "seen" },
];
const LEASE = { "cost.budget": ["USD:1"], "model.use": ["m/*"], "tool.call": ["x"] };

beforeAll(async () => {
  const given = join(folder, "given-tokens");
  writeFileSync(given, `${tokens.ada} ada\n${tokens.bob} bob\n`);
  const db = join(folder, "arcp.db");
  const serve = ["serve", "--conformance", "--json", "--db", db, "--token-file", given];
  const serving = arcp([...serve, "--port", "0"]);
  await serving.seen(/^\{"listening":"ws/);
  const url = serving.records()[0]!["listening"] as string;

  const ada = await connect(url, { token: tokens.ada });
  const job = await ada.submit(
    "conformance.script",
    { steps: STEPS },
    { lease: LEASE, idempotencyKey: "k" },
  );
  const value = (): string => job.credentials[0]!.value;
  secrets.set("a credential that was issued", value());
  const events: unknown[] = [];
  for await (const event of job) {
    events.push(event);
    const { phase } = event.body as { readonly phase?: unknown };
    if (phase === "credential_rotated") break;
  }
  secrets.set("a credential that was rotated", value());
  // What a program prints of its events, of its list and of its job.
  left.set("the events of the owner's loop", JSON.stringify(events));
  left.set("the owner's job", JSON.stringify([job, job.accepted]));
  const again = await ada.submit(
    "conformance.script",
    { steps: STEPS },
    { lease: LEASE, idempotencyKey: "k" },
  );
  left.set("the owner's job, once more", JSON.stringify(again.accepted));
  const at = (token: string): string[] => ["--url", url, "--token", token];
  for (const [who, token] of Object.entries(tokens)) {
    left.set(`arcp jobs of ${who}`, (await arcpDone(["jobs", "--json", ...at(token)])).screen);
  }
  const bob = await connect(url, { token: tokens.bob });
  const other = await bob.submit("conformance.script", { steps: [{ op: "open", name: "seen" }] });
  secrets.set("another job's credential", other.credentials[0]!.value);
  await other.result();
  await job.result();
  const shown = await arcpDone(["tail", job.id, "--json", ...at(tokens.ada)]);
  left.set("arcp tail of the owner", shown.screen);
  await Promise.all([ada.close(), bob.close()]);

  const report = join(folder, "report");
  const suite = ["conformance", "runtime", url, "--token", tokens.ada, "--token-b", tokens.bob];
  const said = await arcpDone([...suite, "--only", "/9.8/", "--report", report]);
  left.set("arcp conformance", said.screen);
  serving.signal();
  await serving.exit;
  left.set("the log", serving.screen());
  for (const command of ["replay", "credentials"]) {
    left.set(`arcp ${command}`, (await arcpDone([command, "--db", db, "--json"])).screen);
  }
  takeFiles(left, folder, (name) => name.startsWith("given-"));
  console.info(`searched ${left.size} files, logs, streams and reports`);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a credential, and the tokens under which it was asked for (CRED-25, SEC-21)", () => {
  it("are looked for where something was left: too few places would say nothing", () => {
    expect(left.size).toBeGreaterThan(15);
    expect(left.get("the log")).toContain("credentials issued");
    expect(left.get("arcp conformance")).toMatch(/ pass\b/);
    expect(left.get("the file report/report.json")).toContain("runtime/9.8/rotation-is-told");
    expect(left.get("the file arcp.db")).toContain("SQLite format 3");
    expect(left.get("the events of the owner's loop")).toContain("credential_rotated");
    expect(left.get("arcp tail of the owner")).toContain("credential_rotated");
    expect(secrets.size).toBe(5);
    expect(secrets.get("a credential that was rotated")).not.toBe(
      secrets.get("a credential that was issued"),
    );
  });

  it("are nowhere", () => {
    const found = [...secrets].map(([what, secret]) => [what, placesOf(left, secret)]);
    expect(found).toEqual([...secrets.keys()].map((what) => [what, []]));
  });

  it.each([
    ["as it is", (secret: string) => secret],
    ["as base64", (secret: string) => Buffer.from(`x${secret}y`).toString("base64")],
    ["as hexadecimal digits", (secret: string) => Buffer.from(secret).toString("hex")],
  ])("would be found, had one been left %s", (_, spelling) => {
    const secret = secrets.get("a credential that was issued")!;
    const planted = new Map(left).set("planted", `before ${spelling(secret)} after`);
    expect(placesOf(planted, secret)).toEqual(["planted"]);
  });
});
