/** What a client needs of a runtime, one thing after another. */
import { CLIENT_VERSION } from "../../client/options.js";
import type { Client } from "../../client/index.js";
import { connect } from "../../node.js";
import { dialWs } from "../../hosts/node.js";
import { ArcpError, ConnectionError } from "../../wire/errors.js";
import { deferred } from "../deferred.js";
import { Exit, exitOfConnection, exitOfRefusal } from "../exit.js";
import type { Dial } from "../../transports/port.js";
import { ADDRESS_WORDS, CHILD_WORDS, noResume, startChild } from "./child.js";
import { endpointOf, openTcp, openTls, resolveName } from "./network.js";
import { StepFailed, StepSkipped, Steps } from "./step.js";
import type { Step } from "./step.js";
import { Tap } from "./tap.js";
import { upgradeFailed } from "./upgrade.js";

export type Patient = AtAddress | AsChild;

interface Examined {
  readonly token: string | undefined;
  /** For each step. */
  readonly timeoutMs: number;
}

interface AtAddress extends Examined {
  readonly url: string;
  /** The page from which a browser would connect. */
  readonly origin: string | undefined;
  /** Whether the token may go to another host without TLS. */
  readonly allowInsecureRemote: boolean;
}

/** A runtime that is started, and spoken to over stdio. */
interface AsChild extends Examined {
  readonly child: Dial;
}

/** Clocks that are further apart than this confuse leases that have an end. */
const TOLERABLE_SKEW_MS = 10_000;

const PINGS = 5;

/** Examines a runtime; every step is reported, also those that were not reached. */
export async function examine(
  patient: Patient,
  report: (step: Step) => Promise<void>,
): Promise<Steps> {
  const steps = new Steps(report, patient.timeoutMs);
  const tap = new Tap("child" in patient ? patient.child : dialOf(patient));
  try {
    if ("child" in patient) {
      const greeting = await startChild(steps, tap, (signal) => greet(patient, tap, signal));
      await session(steps, patient, tap, greeting);
    } else {
      await network(steps, patient);
      await upgrade(steps, patient, tap);
      await session(steps, patient, tap, (signal) => greet(patient, tap, signal));
    }
  } finally {
    await tap.close();
  }
  return steps;
}

function dialOf({ url, timeoutMs, origin }: AtAddress): Dial {
  const headers = origin === undefined ? {} : { headers: { Origin: origin } };
  // Its own timeout comes after the step's, which says more.
  return dialWs(url, { timeoutMs: timeoutMs * 2, closeTimeoutMs: timeoutMs, ...headers });
}

async function upgrade(steps: Steps, patient: AtAddress, tap: Tap): Promise<void> {
  await steps.take("upgrade", {
    late: {
      message: "something listens there, but no answer to an HTTP request came",
      advice: "look at the port of the URL: what listens there speaks another protocol, or hangs",
    },
    run: (signal) =>
      tap.open(signal).catch((error: unknown) => Promise.reject(upgradeFailed(error, patient))),
    tell: () => ({ detail: "WebSocket" }),
  });
}

async function network(steps: Steps, { url, allowInsecureRemote }: AtAddress): Promise<void> {
  const endpoint = endpointOf(url);
  await steps.take("dns", {
    late: { message: "no answer came", advice: "look at the name server of this machine" },
    run: () => resolveName(endpoint),
    tell: (addresses) => ({ detail: addresses.join(", "), facts: { addresses } }),
  });
  await steps.take("tcp", {
    late: {
      message: `port ${endpoint.port} of ${endpoint.host} did not answer`,
      advice:
        "look at host and port, and at firewalls: one that drops what it forbids looks like this",
    },
    run: (signal) => openTcp(endpoint, signal),
    tell: (address) => ({ detail: address }),
  });
  await steps.take("tls", {
    late: {
      message: "the handshake of TLS did not end",
      advice: "use ws:// if what listens there does not speak TLS",
    },
    run: async (signal) => openTls(endpoint, signal, allowInsecureRemote),
    tell: ({ protocol, expires }) => ({
      detail: `${protocol}, the certificate ends ${expires}`,
      facts: { protocol, expires },
    }),
  });
}

/** What becomes of the line, as the client tells it. */
interface Line {
  /** Rejects with why the session does not go on. */
  readonly resumed: Promise<void>;
  readonly client: Client;
}

async function session(
  steps: Steps,
  patient: Patient,
  tap: Tap,
  greeting: (signal: AbortSignal) => Promise<Line>,
): Promise<void> {
  // The answer to a hello says both, that there is a runtime and whether it lets us in.
  let refusal: ArcpError | undefined;
  const words = "child" in patient ? CHILD_WORDS : ADDRESS_WORDS;
  const line = await steps.take("hello", {
    late: words.silent,
    run: (signal) =>
      greeting(signal).catch((error: unknown) => {
        if (!ArcpError.is(error)) throw helloFailed(error, words.look);
        refusal = error;
        return undefined;
      }),
    tell: () => ({ detail: "a runtime answered" }),
  });
  await steps.take("auth", {
    late: { message: "no answer", advice: "" },
    run: async () => {
      if (refusal !== undefined) throw refused(refusal, patient);
    },
    tell: () => ({
      detail: patient.token === undefined ? "let in without a token" : "the token is accepted",
    }),
  });
  try {
    await examineSession(steps, patient, tap, line);
  } finally {
    // After a failure it would go on to dial.
    void line?.client.close();
  }
}

function greet({ token, timeoutMs }: Patient, tap: Tap, signal: AbortSignal): Promise<Line> {
  const { promise: resumed, resolve, reject } = deferred<void>();
  resumed.catch(() => undefined);
  return connect(tap.dial, {
    name: "arcp-doctor",
    version: CLIENT_VERSION,
    ...(token === undefined ? {} : { token }),
    signal,
    connectTimeoutMs: timeoutMs * 2,
    reconnect: { minDelayMs: 10, maxDelayMs: 100, giveUpAfterMs: timeoutMs },
    on: {
      resumed: () => resolve(),
      gap: ({ error }) => reject(error ?? new Error("events were lost")),
      closed: ({ error }) => reject(error ?? new Error("closed")),
    },
  }).then((client) => ({ client, resumed }));
}

function helloFailed(error: unknown, look: string): StepFailed {
  const message = (error as Error).message;
  const exit = ConnectionError.is(error) ? exitOfConnection(error.code) : Exit.Unexpected;
  return new StepFailed(
    `no welcome came: ${message}`,
    `what answers there is no ARCP runtime, or one of another revision: ${look}`,
    exit,
  );
}

function refused(error: ArcpError, { token }: Patient): StepFailed {
  const given =
    token === undefined
      ? "no token was given: set ARCP_TOKEN, or give --token-file or --token"
      : "ask whoever runs the runtime for a valid token, and look whether it was copied whole";
  const advice = error.code === "UNAUTHENTICATED" ? given : (error.hint ?? "try again later");
  return new StepFailed(error.message, advice, exitOfRefusal(error.code));
}

async function examineSession(
  steps: Steps,
  patient: Patient,
  tap: Tap,
  line: Line | undefined,
): Promise<void> {
  // Where there is no line these are only told as not reached.
  const client = line?.client as Client;
  await steps.take("features", {
    late: { message: "no answer", advice: "" },
    run: () => Promise.resolve(client.session),
    tell: ({ features, runtime }) => ({
      detail: `${runtime.name} ${runtime.version}: ${features.join(", ") || "none"}; agents: ${client.agents.length}`,
      facts: { runtime, features, agents: client.agents.length },
    }),
  });
  await steps.take("round_trip", {
    optional: true,
    late: {
      message: `${PINGS} pings were not answered`,
      advice: "the runtime hangs, or something between does; look at its log",
    },
    run: () => pings(client),
    tell: (times) => ({
      detail: `median ${median(times)} ms of ${times.length} pings`,
      facts: { median_ms: median(times) },
    }),
  });
  await steps.take("clock", {
    optional: true,
    late: { message: "no answer", advice: "" },
    run: async () => skewOf(tap),
    tell: (skew) => ({ detail: skewInWords(skew), facts: skewFacts(skew) }),
  });
  await steps.take("resume", {
    late: {
      message: "the session did not come back",
      advice: "look at the runtime's log: a dropped connection costs running jobs their reader",
    },
    run: () => ("child" in patient ? noResume() : resumeOnce(tap, line!)),
    tell: () => ({ detail: "dropped, and resumed without a gap" }),
  });
  await steps.take("close", {
    late: {
      message: "the runtime did not say goodbye",
      advice: "nothing is lost: a session that is not closed ends with its resume window",
    },
    run: () => client.close(),
    tell: () => ({ detail: tap.saidGoodbye ? "the runtime said goodbye" : "closed" }),
  });
}

async function pings(client: Client): Promise<readonly number[]> {
  if (!client.session.features.includes("heartbeat")) {
    throw new StepSkipped("the runtime does not offer heartbeat");
  }
  const times: number[] = [];
  for (let at = 0; at < PINGS; at++) times.push(await client.ping().catch(cutOff));
  return times;
}

function cutOff(error: Error): never {
  throw new StepFailed(error.message, "look at the runtime's log");
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)]! * 100) / 100;
}

function skewOf({ skew }: Tap) {
  if (skew === undefined) throw new StepSkipped("the runtime does not tell its time");
  if (Math.abs(skew.ms) - skew.uncertainty <= TOLERABLE_SKEW_MS) return skew;
  throw new StepFailed(
    skewInWords(skew),
    "set both clocks by NTP: leases with an end, and lists by date, compare one with the other",
    Exit.Unexpected,
    skewFacts(skew),
  );
}

type KnownSkew = NonNullable<Tap["skew"]>;

function skewInWords({ ms, uncertainty, source }: KnownSkew): string {
  const about = Math.ceil(uncertainty);
  if (Math.abs(ms) <= about) return `the clocks agree to ${about} ms (${source})`;
  const direction = ms > 0 ? "ahead of" : "behind";
  return `the runtime is ${Math.abs(ms)} ms ${direction} this machine, ± ${about} (${source})`;
}

function skewFacts({ ms, uncertainty }: KnownSkew) {
  return { skew_ms: ms, uncertainty_ms: Math.ceil(uncertainty) };
}

async function resumeOnce(tap: Tap, { client, resumed }: Line): Promise<void> {
  if (client.session.resumeWindowSec === 0) {
    throw new StepSkipped("the runtime keeps no session that was dropped");
  }
  tap.drop();
  await resumed.catch((error: Error) => {
    throw new StepFailed(
      `the session could not be resumed: ${error.message}`,
      "look at the runtime's log; behind a balancer, one client's connections must reach one runtime",
      Exit.Gap,
    );
  });
}
