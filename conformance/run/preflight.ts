/** What is learnt of an implementation before the first check: whether it answers, what it presents, how it speaks. */
import { Refused, Unreachable } from "../peer/faults.js";
import { WireLog } from "../peer/log.js";
import { isRecord, requestIdOf } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { featuresOf, hello, resumeBlock } from "../peer/session.js";
import { scriptAgent } from "../script.js";
import { secretsOf, type AgentEntry, type Presented, type Target } from "./target.js";
import { Trial } from "./trial.js";

/** Where the drafts are silent: what this implementation does. An observation, never a failure. */
export interface Dialect {
  /** The member by which a reply names its request; `none` if by order only. */
  readonly correlation: "request_id" | "details.request_id" | "other" | "none";
  /** The verb that is answered at a close. */
  readonly close: readonly ("session.close" | "session.bye")[];
  /** The forms of resume that are accepted. Over stdio none can be seen. */
  readonly resume: readonly ("session.hello" | "session.resume")[];
  /** Where `job_id` stands in `job.accepted`, if that could be seen. */
  readonly jobId: "both" | "envelope" | "payload" | "unseen";
  /** The value of `arcp` in the welcome. */
  readonly arcp: string;
}

const nothing: Presented = {
  runtime: { name: "", version: "" },
  features: new Set(),
  agents: [],
  script: false,
};

/** Says hello with every feature. Rejects with `Refused` if the token is, with `Unreachable` if there is no welcome. */
export async function present(target: Target): Promise<Presented> {
  const trial = new Trial(target, nothing, new WireLog(new Set(secretsOf(target))), "preflight");
  try {
    const peer = await trial.connect();
    const answer = await hello(peer, trial.helloOptions());
    if (answer.message.type !== "session.welcome") {
      const { code, message } = answer.message.payload;
      const words = `the first hello was refused: ${String(code)} ${String(message)}`;
      if (code === "UNAUTHENTICATED") throw new Refused(`${words}; give a token that it accepts`);
      throw new Unreachable(words);
    }
    const { runtime, capabilities } = answer.message.payload;
    const listed = isRecord(capabilities) ? capabilities["agents"] : undefined;
    const agents = (Array.isArray(listed) ? listed : []).map(readAgent);
    return {
      runtime: {
        name: isRecord(runtime) ? String(runtime["name"]) : "",
        version: isRecord(runtime) ? String(runtime["version"]) : "",
      },
      features: new Set(featuresOf(answer)),
      agents,
      script: agents.some(({ name }) => name === scriptAgent),
    };
  } catch (error) {
    if (error instanceof Unreachable || error instanceof Refused) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  } finally {
    await trial.end();
  }
}

function readAgent(entry: unknown): AgentEntry {
  if (!isRecord(entry)) return { name: String(entry).split("@")[0] ?? "", versions: [] };
  const { name, versions } = entry;
  return {
    name: String(name),
    versions: Array.isArray(versions) ? versions.map(String) : [],
    ...(typeof entry["default"] === "string" ? { default: entry["default"] } : {}),
  };
}

/** Observes how the implementation speaks. What cannot be seen is left open; it never rejects. */
export async function observe(target: Target, presented: Presented): Promise<Dialect> {
  const trial = new Trial(target, presented, new WireLog(), "dialect");
  const seen = async <T>(otherwise: T, look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch {
      return otherwise;
    }
  };
  try {
    const arcp = await seen("", async () => String((await trial.session()).welcome?.message.arcp));
    const correlation = await seen("none" as const, () => correlationOf(trial));
    const close: Dialect["close"][number][] = [];
    for (const type of ["session.close", "session.bye"] as const) {
      if (await seen(false, () => closes(trial, type))) close.push(type);
    }
    const resume: Dialect["resume"][number][] = [];
    // Over stdio a second connection is another process, which knows nothing of the session.
    const forms = target.carrier === "stdio" ? [] : (["session.hello", "session.resume"] as const);
    for (const type of forms) {
      if (await seen(false, () => resumes(trial, type))) resume.push(type);
    }
    const jobId = presented.script
      ? await seen("unseen" as const, () => jobIdPlace(trial))
      : "unseen";
    return { correlation, close, resume, jobId, arcp };
  } finally {
    await trial.end();
  }
}

async function correlationOf(trial: Trial): Promise<Dialect["correlation"]> {
  const peer = await trial.session();
  const id = peer.send("job.submit", { agent: "conformance.no-such-agent" });
  const { message } = await peer.expect("session.error", { within: 2000 });
  if (message.payload["request_id"] === id) return "request_id";
  const details = message.payload["details"];
  if (isRecord(details) && details["request_id"] === id) return "details.request_id";
  return requestIdOf(message) === id || message["id"] === id ? "other" : "none";
}

async function closes(trial: Trial, type: "session.close" | "session.bye"): Promise<boolean> {
  const peer = await trial.session();
  peer.send(type, {});
  await peer.expect("session.closed", { within: 1500 });
  return true;
}

async function resumes(trial: Trial, type: "session.hello" | "session.resume"): Promise<boolean> {
  const old: Peer = await trial.session();
  old.cut();
  const peer = await trial.connect();
  const options = trial.helloOptions();
  if (type === "session.hello") {
    await hello(peer, { ...options, resume: resumeBlock(old, 0) });
  } else {
    const auth = { scheme: "bearer", token: options.token ?? "" };
    peer.send("session.resume", { ...resumeBlock(old, 0), auth });
    await peer.expect("session.welcome", { within: 1500 });
  }
  return peer.collect("session.welcome")[0]?.message.session_id === old.sessionId;
}

async function jobIdPlace(trial: Trial): Promise<Dialect["jobId"]> {
  const job = await trial.succeed(await trial.session(), [{ op: "return" }]);
  const { message } = job.accepted;
  if (message.job_id !== undefined && message.payload.job_id !== undefined) return "both";
  return message.job_id === undefined ? "payload" : "envelope";
}
