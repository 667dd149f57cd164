/** Events as lines for a person. */
import type pc from "picocolors";
import type { ReceivedEvent } from "../client/index.js";
import { clip, oneLine } from "./text.js";

type Colors = ReturnType<typeof pc.createColors>;

const SHORT = 200;

/** Words of somebody else's, in one line that fits. */
export function short(words: string): string {
  return clip(oneLine(words), SHORT);
}

/** The line of an event; nothing for what is better drawn, counted or summed up. */
export function eventLine(event: ReceivedEvent, colors: Colors): string | undefined {
  switch (event.kind) {
    case "log":
      return `${levelOf(event.body.level, colors)} ${short(event.body.message)}`;
    case "thought":
      return colors.dim(colors.italic(short(event.body.text)));
    case "status": {
      const { phase, message } = event.body;
      return colors.bold(short(message === undefined ? phase : `${phase}: ${message}`));
    }
    case "artifact_ref":
      return `artifact ${short(event.body.uri)} ${short(event.body.content_type)}`;
    case "delegate": {
      const { agent, child_job_id: child } = event.body;
      return child === undefined ? undefined : colors.dim(`⤷ ${short(agent)} ${short(child)}`);
    }
    case "progress":
    case "tool_call":
    case "tool_result":
    case "metric":
    case "result_chunk":
      return undefined;
    default:
      return colors.dim(`${short(event.kind)} ${short(JSON.stringify(event.body))}`);
  }
}

function levelOf(level: string, colors: Colors): string {
  const words = short(level).padEnd(5);
  if (level === "error") return colors.red(words);
  return level === "warn" ? colors.yellow(words) : colors.cyan(words);
}
