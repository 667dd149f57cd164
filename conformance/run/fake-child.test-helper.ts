/** A runtime on stdio that knows just enough to test the suite itself: it says hello and answers pings. */
import { byCommand, type Target } from "./target.js";

/** The program of the child. It must need nothing that stands outside of it. */
function runtime(): void {
  let rest = "";
  let count = 0;
  const write = (type: string, payload: object): void => {
    const envelope = { arcp: "1.1", id: `msg_${count++}`, session_id: "sess_1", type, payload };
    process.stdout.write(`${JSON.stringify(envelope)}\n`);
  };
  const welcome = {
    runtime: { name: "fake", version: "1" },
    resume_token: "rt_secret",
    resume_window_sec: 1,
    capabilities: { encodings: ["json"], features: ["heartbeat"], agents: [] },
  };
  process.stdin.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.trim() !== "")) {
      const { type, payload } = JSON.parse(line) as {
        type: string;
        payload: { nonce?: string; auth?: { token: string } };
      };
      process.stderr.write(`read ${type} ${payload.auth?.token ?? ""}\n`);
      if (type === "session.hello") write("session.welcome", welcome);
      if (type === "session.ping") write("session.pong", { ping_nonce: payload.nonce });
    }
  });
}

/** A command of the shell that runs a function of no arguments. */
export function commandOf(program: () => void): string {
  const quoted = `(${program.toString()})()`.replaceAll("'", "'\\''");
  return `'${process.execPath}' -e '${quoted}'`;
}

/** The runtime as a target. */
export function fakeChild() {
  const at = byCommand(commandOf(runtime));
  return { ...at, token: "secret-token", timeScale: 0.05, seed: "test" } satisfies Target;
}
