/** Section 14: what somebody with bad intentions would try. */
import { helloPayload, resumeBlock } from "../peer/session.js";
import { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import { needsNamespace } from "./9-leases.js";
import { R0, R2 } from "./support.js";

/** Checks of section 14. */
export const securityChecks = [
  check(
    {
      id: "runtime/14/token-in-url-opens-nothing",
      requirements: ["AUTH-02", "AUTH-03"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart", carrier: "websocket", token: true },
      mutants: ["token-from-url"],
    },
    async (t) => {
      const query = `?token=${encodeURIComponent(t.token())}&access_token=${encodeURIComponent(t.token())}`;
      const peer = await t.dial({ query });
      if (peer instanceof Peer) {
        peer.send("session.hello", helloPayload({ token: null }));
        const answer = await peer.expect(["session.error", "session.welcome"]);
        t.refused(answer, "UNAUTHENTICATED", "a hello whose token stands in the URL");
      }
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/14/token-in-url-refused",
      requirements: ["SEC-38"],
      level: "SHOULD",
      basis: "explicit",
      needs: { ...R0, connections: "apart", carrier: "websocket", token: true },
      mutants: ["tokens-in-urls-pass"],
    },
    async (t) => {
      const twin = await t.dial({ query: "?x=1" });
      t.ok(twin instanceof Peer, "a connection whose URL has a query is refused");
      for (const name of ["token", "access_token"]) {
        const answer = await t.dial({ query: `?${name}=${encodeURIComponent(t.token())}` });
        t.ok(!(answer instanceof Peer), `a request with ${name} in its URL is served`);
      }
    },
  ),
  check(
    {
      id: "runtime/14/no-secrets-in-trace-context",
      requirements: ["SEC-34"],
      level: "MUST",
      basis: "explicit",
      needs: R2,
      mutants: ["token-in-trace-context"],
    },
    async (t) => {
      const peer = await t.session();
      await t.succeed(peer, [{ op: "burst", count: 2 }, { op: "return" }]);
      await peer.fence();
      const secrets = [t.target.token, peer.resumeToken].filter((one) => one !== undefined);
      for (const { message } of peer.frames) {
        const context = JSON.stringify([message.trace_id, message.extensions]);
        const leaks = secrets.some((secret) => context.includes(secret));
        t.ok(!leaks, `the trace context of ${message.type} holds a token`);
      }
    },
  ),
  check(
    {
      id: "runtime/14/foreign-origin-refused",
      // RFC 6455 §10.2: a page of another site must not get in with its visitor's network.
      requirements: ["SEC-37"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart", carrier: "websocket" },
      mutants: ["any-origin"],
    },
    async (t) => {
      for (const origin of ["https://evil.example", "http://evil.example:80", "null"]) {
        const answer = await t.dial({ headers: { origin } });
        t.ok(!(answer instanceof Peer), `a page of ${origin} may connect`);
        if (!(answer instanceof Peer))
          t.equal(answer.status, 403, `status for the Origin ${origin}`);
      }
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/14/foreign-host-refused",
      // Under DNS rebinding Origin and Host are both the attacker's: only the server's own names help.
      requirements: ["SEC-36"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "apart", carrier: "websocket" },
      mutants: ["any-host"],
    },
    async (t) => {
      for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"]) {
        const answer = await t.dial({ headers: { host } });
        t.ok(!(answer instanceof Peer), `the Host ${host} is served`);
        if (!(answer instanceof Peer)) t.equal(answer.status, 403, `status for the Host ${host}`);
      }
      await t.session();
    },
  ),
  check(
    {
      id: "runtime/14/resume-token-strength",
      requirements: ["SEC-02", "RES-19"],
      level: "SHOULD",
      basis: "W-08",
      needs: R0,
      mutants: ["short-tokens"],
    },
    async (t) => {
      const { resumeToken } = await t.session();
      const body = (resumeToken ?? "").replace(/^[a-z]+_/, "");
      const bits = /^[0-9a-f]+$/i.test(body) ? body.length * 4 : body.length * 6;
      t.ok(bits >= 256, `a resume token of ${bits} bits`);
    },
  ),
  check(
    {
      id: "runtime/14/guessed-tokens-refused",
      requirements: ["RES-25", "SEC-02"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "together" },
      mutants: ["stale-token-accepted"],
    },
    async (t) => {
      const owner = await t.session();
      const right = resumeBlock(owner, 0);
      const { resume_token: token } = right;
      for (const guess of [
        token.slice(0, -1),
        `${token}A`,
        token.toUpperCase(),
        "rt_",
        right.session_id,
      ]) {
        if (guess === token) continue;
        const peer = await t.connect();
        const resume = { ...right, resume_token: guess };
        peer.send("session.hello", helloPayload({ ...t.helloOptions(), resume }));
        const answer = await peer.expect(["session.error", "session.welcome"]);
        t.refused(answer, "UNAUTHENTICATED", "a resume token that is almost right");
      }
      await t.resume(owner, 0);
    },
  ),
  check(
    {
      id: "runtime/14/paths-with-tricks-denied",
      requirements: ["SEC-07", "SEC-08"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["allows-everything"],
    },
    async (t) => {
      const tricks = [
        "/a/%2e%2e/b",
        "/a/x%2fy",
        "/a/x\\y",
        "/a/x\u0000",
        "/a/..%5cb",
        "relative",
        "",
      ];
      const steps = ["/a/good", ...tricks].map((target, i) => ({
        ...({ op: "op", namespace: "fs.read" } as const),
        ...{ target, call_id: `c${i}` },
      }));
      const payload = { lease_request: { "fs.read": ["/a/**"] } };
      const job = await t.succeed(await t.session(), steps, { payload });
      const allowed = job.bodies("tool_result").filter((body) => body.error === undefined);
      t.equal(
        allowed.map((body) => body.call_id),
        ["c0"],
        "operations that were authorised",
      );
    },
  ),
  check(
    {
      id: "runtime/14/urls-with-users-denied",
      requirements: ["SEC-10"],
      level: "MUST",
      basis: "derived",
      needs: R2,
      mutants: ["allows-everything"],
    },
    async (t) => {
      const peer = await t.session();
      await needsNamespace(t, peer, "net.fetch", "https://example.com/**");
      const urls = [
        "https://example.com/",
        "https://user@example.com/",
        "https://u:p@example.com/",
      ];
      const steps = urls.map((target, i) => ({
        ...({ op: "op", namespace: "net.fetch" } as const),
        ...{ target, call_id: `c${i}` },
      }));
      const payload = { lease_request: { "net.fetch": ["https://example.com/**"] } };
      const job = await t.succeed(peer, steps, { payload });
      const allowed = job.bodies("tool_result").filter((body) => body.error === undefined);
      t.equal(
        allowed.map((body) => body.call_id),
        ["c0"],
        "requests that were authorised",
      );
    },
  ),
  check(
    {
      id: "runtime/14/hostile-bytes-hurt-nobody",
      requirements: ["ENC-10", "TRN-08"],
      level: "MUST",
      basis: "derived",
      needs: { ...R0, connections: "together" },
      mutants: ["hostile-bytes-kill"],
    },
    async (t) => {
      const bystander = await t.bystander();
      const attacks: ((peer: Peer) => void)[] = [
        (peer) => peer.sendBytes(Buffer.from([0xff, 0xfe, 0xc3, 0x28]), "text"),
        (peer) => peer.sendBytes(Buffer.alloc(70_000, 0x5b), "text"),
        (peer) => peer.raw?.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x00, 0x01])),
        (peer) => peer.raw?.write("GET / HTTP/1.1\r\n\r\n"),
        (peer) =>
          peer.raw?.write(
            Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
          ),
        (peer) =>
          peer.sendText(`{"arcp":"1.1","id":"x","type":"job.submit","payload":{"agent":1e400}}`),
        (peer) => peer.sendText("\u0000"),
        (peer) => peer.close(1000),
      ];
      for (const attack of attacks) {
        for (const peer of [await t.connect(), await t.session()]) attack(peer);
        await bystander.fence();
      }
      t.ok(bystander.closed === undefined, "another session's connection was closed");
      await t.session();
    },
  ),
] as const;
