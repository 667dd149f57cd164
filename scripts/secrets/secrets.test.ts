/**
 * `npm run test:secrets`: secrets that nobody else has are given to a runtime over a socket, rightly and wrongly, and then
 * looked for in all that it left and said: its files, its log, its answers, and the reports about it. What is issued by a
 * runtime (resume tokens) counts as well. Docs/security-checklist.md says what else belongs here.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { welcomed, within } from "../../conformance/hostile/run.js";
import { dialRaw, upgradeHead } from "../../conformance/hostile/web-socket.js";
import type { Wire } from "../../conformance/hostile/wire.js";
import { hsToken, SECRET } from "../../runtime-kit/jwt/tokens.test-helper.js";
import { placesOf, takeFiles } from "./search.js";
import { arcp, arcpDone } from "../../runtime-kit/cli/io.test-helper.js";

const canary = (name: string): string => `canary-${name}-${randomBytes(12).toString("hex")}`;

/** What must be nowhere. */
const secrets = {
  token: canary("token"),
  "another principal's token": canary("token-b"),
  "a wrong token": canary("wrong"),
  "a token in a URL": canary("url"),
  "a token that is no text": canary("list"),
  "a token in the wrong place": canary("misplaced"),
  "a wrong resume token": canary("resume"),
  "the secret that tokens are signed with": SECRET,
  "a token that was signed": hsToken({ sub: 7, exp: 4e9 }),
  "a key for a retry": canary("key"),
};

/** What would forge a line of a log, and colour a terminal. */
const FORGED = 'x\r\n{"level":60}\u001b[31m\u009b31m\u2028';

/** Where something was left or said, by name. */
const left = new Map<string, string>();
let resumeToken = "";
const folder = mkdtempSync(join(tmpdir(), "arcp-secrets-"));

/** All that comes until the goodbye, or the end. */
async function rest(wire: Wire): Promise<string> {
  const close = { arcp: "1.1", id: "c", type: "session.close", payload: {} };
  wire.text(JSON.stringify(close));
  const said: unknown[] = [];
  for (;;) {
    const next = await within(wire.next());
    if ("closed" in next) return JSON.stringify(said);
    said.push(next.message);
  }
}

function message(type: string, payload: object): string {
  return JSON.stringify({ arcp: "1.1", id: "m", type, payload });
}

function hello(auth: unknown): string {
  return message("session.hello", { client: { name: "c", version: "1" }, auth });
}

beforeAll(async () => {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const given = [
    ...[
      "--token-file",
      file("given-tokens", `${secrets.token} ada\n${secrets["another principal's token"]} bob\n`),
    ],
    ...["--jwt-secret-file", file("given-secret", SECRET)],
  ];
  const db = join(folder, "arcp.db");
  const serving = arcp(["serve", "--conformance", "--json", "--port", "0", "--db", db, ...given]);
  await serving.seen(/^\{"listening":"ws/);
  const url = new URL(serving.records()[0]!["listening"] as string);
  const at = ["--url", url.href, "--token", secrets.token];

  const ada = await dialRaw(url);
  const { resume = "" } = await welcomed(ada, { token: secrets.token });
  resumeToken = resume;
  const submit = { agent: "echo", input: 1, idempotency_key: secrets["a key for a retry"] };
  ada.text(message("job.submit", submit));
  ada.text(message("job.submit", { ...submit, input: 2 }));
  ada.text(
    message("session.resume", {
      session_id: "sess_1",
      resume_token: secrets["a wrong resume token"],
      last_event_seq: 0,
    }),
  );
  ada.text(
    message("session.login", {
      token: secrets["a token in the wrong place"],
    }),
  );
  ada.text(`{"token":"${secrets["a token in the wrong place"]}"`);
  ada.text(message("session.list_jobs", {}));
  left.set("the answers to Ada", await rest(ada));

  const refused = [
    hello({ scheme: "bearer", token: secrets["a wrong token"] }),
    hello({ scheme: "bearer", token: [secrets["a token that is no text"]] }),
    hello({ scheme: secrets["a token in the wrong place"], token: "x" }),
    hello({ scheme: "bearer", token: secrets["a token that was signed"] }),
  ];
  const answers: string[] = [];
  for (const frame of refused) {
    const wire = await dialRaw(url);
    wire.text(frame);
    answers.push(await rest(wire));
  }
  const forging = await dialRaw(url);
  const resume2 = { session_id: FORGED, resume_token: "rt_0", last_event_seq: 0 };
  const auth = { scheme: "bearer", token: secrets.token };
  const client = { name: FORGED, version: FORGED };
  forging.text(message("session.hello", { client, auth, resume: resume2 }));
  await rest(forging);
  const head = upgradeHead(url).replace("/arcp ", `/arcp?token=${secrets["a token in a URL"]} `);
  const inUrl = await dialRaw(url, head);
  answers.push(JSON.stringify(await within(inUrl.next())));
  await inUrl.end();
  left.set("the answers to who was refused", answers.join("\n"));

  left.set("arcp jobs", (await arcpDone(["jobs", "--json", ...at])).screen);
  const report = join(folder, "report");
  const suite = [
    "conformance",
    "runtime",
    url.href,
    "--token",
    secrets.token,
    "--only",
    "/6.1/",
    "--report",
    report,
  ];
  suite.push("--token-b", secrets["another principal's token"]);
  left.set("arcp conformance", (await arcpDone(suite)).screen);
  serving.signal();
  await serving.exit;
  left.set("the log", serving.screen());

  const sessions = await arcpDone(["replay", "--db", db, "--json"]);
  left.set("arcp replay", sessions.screen);
  for (const { session } of sessions.records() as { session: { session_id: string } }[]) {
    const one = await arcpDone(["replay", "--db", db, "--session", session.session_id, "--json"]);
    left.set(`arcp replay ${session.session_id}`, one.screen);
  }
  takeFiles(left, folder, (name) => name.startsWith("given-"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a secret", () => {
  it("is looked for in what there is: answers, log, lists, replays, reports, the database", () => {
    expect(left.get("the answers to Ada")).toContain("DUPLICATE_KEY");
    expect(left.get("the answers to Ada")?.match(/session\.error/g)).toHaveLength(4);
    expect(left.get("the answers to who was refused")?.match(/UNAUTHENTICATED/g)).toHaveLength(3);
    expect(left.get("the answers to who was refused")).toContain('"closed":400');
    expect(left.get("the log")).toContain("session opened");
    expect(left.get("the log")).toContain("token refused");
    expect(left.get("arcp jobs")).toContain("echo");
    expect(left.get("the file arcp.db")).toContain("SQLite format 3");
    expect(left.get("the file report/report.json")).toContain("session.hello");
    expect(
      [...left.keys()].filter((name) => name.startsWith("arcp replay ")).length,
    ).toBeGreaterThan(1);
  });

  it.each(Object.entries(secrets))("SEC-04 SEC-06 is nowhere: %s", (name, secret) => {
    const where = placesOf(left, secret);
    // A key is no secret of its client's: docs say that it is kept as it is, until its job is forgotten.
    const kept = name === "a key for a retry" ? ["the file arcp.db"] : [];
    expect(where).toEqual(kept);
  });

  it("SEC-06 is nowhere: a resume token that was issued", () => {
    expect(resumeToken).toMatch(/^rt_[0-9a-f]{64}$/);
    expect(placesOf(left, resumeToken)).toEqual([]);
  });
});

it("a log has no line, and no escape code, that a client made", () => {
  const log = left.get("the log")!;
  expect(log).toContain("resume refused");
  // eslint-disable-next-line no-control-regex -- none of them may be there
  expect(log.replaceAll("\n", "")).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028]/);
  for (const line of log.split("\n").filter((one) => !/^(arcp: .*)?$/.test(one))) {
    expect(JSON.parse(line)).not.toMatchObject({ level: 60 });
  }
});
