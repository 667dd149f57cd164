import { expect, it } from "vitest";
import type { Frame } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import type { Loose } from "./driver.js";
import { Session } from "./session.js";

/** A session of the fake runtime, and the features in its answer to each hello. */
function played() {
  let told: unknown;
  const peer = {
    context: { fresh: (prefix: string) => `${prefix}_1`, log: { hide: () => {} } },
    send: (_: string, { capabilities }: { capabilities: Loose }) => {
      told = capabilities["features"];
    },
  } as unknown as Peer;
  const session = new Session(peer);
  return (payload: Loose) => {
    session.welcome(peer, { message: { type: "session.hello", payload } } as unknown as Frame);
    return told;
  };
}

it("keeps the features of a session where a resume names no capabilities", () => {
  const hello = played();
  expect(hello({ capabilities: { features: ["ack", "heartbeat"] } })).toEqual(["ack", "heartbeat"]);
  expect(hello({ resume: {} })).toEqual(["ack", "heartbeat"]);
  expect(hello({ resume: {}, capabilities: { features: ["ack"] } })).toEqual(["ack"]);
});

it("gives no features to a session whose hello named no capabilities", () => {
  expect(played()({})).toEqual([]);
});
