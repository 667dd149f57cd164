import { describe, expect, it } from "vitest";
import { memoryKeeper } from "../keepers/memory.test-helper.js";
import { connect as connectOnNode } from "../node.js";
import { scriptedRuntime } from "../testing/index.js";
import { connectWith } from "./connect.js";
import { connect as connectInPage } from "./index.js";
import type { ConnectOptions, Target } from "./options.js";

const REMOTE = "ws://runtime.example.com:7777/arcp?tenant=7";

/** What came of a connect to an address, where whoever is dialled is a script. */
async function attempt(target: Target, options: ConnectOptions) {
  const script = scriptedRuntime();
  const connecting = connectWith(() => script.dial)(target, options);
  const told = connecting.then(
    (client) => ({ client }),
    (error: unknown) => ({ error }),
  );
  return { script, told };
}

describe("SEC-01 TRN-04 in plain text to another host", () => {
  let asked = 0;
  const kept = memoryKeeper("not even read");

  it.each<[string, ConnectOptions]>([
    ["a token", { token: "s3cr3t" }],
    ["what gives a token, which is not asked for", { token: () => `s3cr3t${++asked}` }],
    ["a resume token that was kept", { session: kept }],
    ["the resume token of a runtime that asks for no token", {}],
    ["anything, without an explicit true", { token: "s3cr3t", allowInsecureRemote: false }],
  ])("never goes %s: nobody is dialled", async (_what, options) => {
    for (const target of [REMOTE, new URL(REMOTE), "http://runtime.example.com:7777/arcp"]) {
      const { script, told } = await attempt(target, options);
      const { error } = (await told) as { error: TypeError };
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(
        "connect: ws://runtime.example.com:7777/arcp is another host without TLS, and whoever is between could read the tokens: " +
          "use wss://, or allowInsecureRemote: true where nobody is (a tunnel, a network of containers)",
      );
      expect(script.dials).toBe(0);
    }
    expect(asked).toBe(0);
    expect(kept.taken).toBe(false);
  });

  it.each<[Target, ConnectOptions]>([
    [REMOTE, { token: "s3cr3t", allowInsecureRemote: true }],
    ["wss://runtime.example.com/arcp", { token: "s3cr3t" }],
    ["https://runtime.example.com/arcp", { token: "s3cr3t" }],
    ["ws://127.0.0.1:7777/arcp", { token: "s3cr3t" }],
    ["http://localhost:7777/arcp", { token: "s3cr3t" }],
  ])("is not %s with %j", async (target, options) => {
    const { script, told } = await attempt(target, options);
    const hello = await (await script.connection()).welcome();
    expect(hello.payload["auth"]).toMatchObject({ token: "s3cr3t" });
    const { client } = (await told) as { client: { close(): Promise<void> } };
    await client.close();
  });

  it.each([
    ["on Node", connectOnNode],
    ["in a page", connectInPage],
  ])("is refused %s", async (_where, connect) => {
    const refused: unknown = await connect(REMOTE, { token: "s3cr3t" }).catch((error) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain("without TLS");
  });
});
