/** What a person sees of a running job: lines as they come, and below them its progress and what is left of its budget. */
import { MultiBar, Presets } from "cli-progress";
import type { Options, Params, SingleBar } from "cli-progress";
import pc from "picocolors";
import type { Job, ReceivedEvent } from "../client/index.js";
import { createGauges, gaugeLine } from "./budget-gauge.js";
import type { Gauge } from "./budget-gauge.js";
import type { Context } from "./context.js";
import { clip, oneLine } from "./text.js";
import { listenersOf } from "./view.js";
import type { View } from "./view.js";

/** What stands in the bar beside the progress. */
interface Standing {
  readonly units: string;
  readonly message: string;
  readonly open: boolean;
  readonly calls: number;
}

const SHORT = 200;

/** Draws on the standard error, so that the result has the standard output for itself. */
export function openLiveView({ io, err }: Context): View {
  const colors = pc.createColors((io.env["NO_COLOR"] ?? "") === "");
  // A terminal that does not know its width says 0.
  const width = (): number => Math.max(20, err.screen.columns || 80);
  const calls = new Map<string, string>();
  const metrics = new Map<string, string>();
  const gauges = createGauges();
  let made = 0;
  let closed = false;
  let bars: MultiBar | undefined;
  let bar: SingleBar | undefined;

  function line(text: string): void {
    if (bars === undefined) void err.line(text);
    else bars.log(`${text}\n`);
  }

  function notice(text: string): void {
    line(colors.yellow(`arcp: ${oneLine(text)}`));
  }

  /** Where bars are drawn, from the first one on. */
  function place(): MultiBar {
    return (bars ??= new MultiBar(barOptions(err.screen, width), Presets.shades_grey));
  }

  function progress(current: number, total: number | undefined, standing: Partial<Standing>): void {
    const payload = { ...standing, open: total === undefined, calls: made };
    if (bar === undefined) {
      bar = place().create(total ?? 0, current, { units: "", message: "", ...payload });
      return;
    }
    bar.setTotal(total ?? 0);
    bar.update(current, payload);
  }

  function show(event: ReceivedEvent): void {
    switch (event.kind) {
      case "log":
        return line(`${levelOf(event.body.level, colors)} ${text(event.body.message)}`);
      case "thought":
        return line(colors.dim(colors.italic(text(event.body.text))));
      case "status": {
        const { phase, message } = event.body;
        return line(colors.bold(text(message === undefined ? phase : `${phase}: ${message}`)));
      }
      case "progress": {
        const { current, total, units, message } = event.body;
        return progress(current, total, {
          ...(units === undefined ? {} : { units: oneLine(units) }),
          ...(message === undefined ? {} : { message: oneLine(message) }),
        });
      }
      case "tool_call":
        return call(event.body);
      case "tool_result":
        return result(event.body);
      case "metric": {
        const { name, value, unit = "" } = event.body;
        if (name === "cost.budget.remaining") return gauges.show(unit, value, place);
        return void metrics.set(oneLine(name), oneLine(`${value} ${unit}`.trimEnd()));
      }
      case "artifact_ref":
        return line(`artifact ${text(event.body.uri)} ${text(event.body.content_type)}`);
      default:
        return line(colors.dim(`${text(event.kind)} ${text(JSON.stringify(event.body))}`));
    }
  }

  /** Many calls would drown everything else: with a bar they are counted there. */
  function call({ call_id, tool, args }: { call_id: string; tool: string; args?: unknown }): void {
    const words = text(`${tool} ${args === undefined ? "" : JSON.stringify(args)}`.trimEnd());
    calls.set(call_id, words);
    made += 1;
    if (bar === undefined) line(colors.dim(`→ ${words}`));
    else bar.update({ calls: made });
  }

  function result({ call_id, error }: { call_id: string; error?: { code: string } }): void {
    const words = calls.get(call_id) ?? call_id;
    calls.delete(call_id);
    if (error !== undefined) line(colors.red(`✗ ${words}: ${text(error.code)}`));
  }

  function close(): void {
    if (closed) return;
    closed = true;
    bars?.update();
    bars?.stop();
    bars = undefined;
    const list = [...metrics].map(([name, value]) => `${name} ${value}`).concat(gauges.summary());
    if (list.length > 0) void err.line(colors.dim(list.join(" · ")));
  }

  return {
    records: false,
    listeners: listenersOf(notice),
    accepted({ id, agent, accepted }: Job) {
      gauges.begin(accepted.budget);
      return err.line(colors.dim(`${id} ${oneLine(agent)}`));
    },
    event(event) {
      if (!closed) show(event);
      return Promise.resolve();
    },
    notice,
    close,
  };
}

function text(words: string): string {
  return clip(oneLine(words), SHORT);
}

function levelOf(level: string, colors: ReturnType<typeof pc.createColors>): string {
  const words = text(level).padEnd(5);
  if (level === "error") return colors.red(words);
  return level === "warn" ? colors.yellow(words) : colors.cyan(words);
}

function barOptions(stream: NodeJS.WritableStream, width: () => number): Options {
  return {
    stream,
    clearOnComplete: true,
    hideCursor: true,
    // Lines are written above the bar, which then has to be drawn again.
    forceRedraw: true,
    // Ctrl-C is ours.
    gracefulExit: false,
    format(options: Options, params: Params, payload: Standing | Gauge) {
      const size = Math.floor(Math.min(30, width() / 4));
      const { barCompleteString: full = "", barIncompleteString: empty = "" } = options;
      const words =
        "currency" in payload
          ? gaugeLine(payload, size, full, empty)
          : inWords(options, params, payload, size);
      return clip(words, width() - 1);
    },
  };
}

function inWords(options: Options, params: Params, standing: Standing, size: number): string {
  const { units, message, open, calls } = standing;
  const { value, total, progress } = params;
  const more = [units, calls === 0 ? "" : `· ${calls} calls`, message === "" ? "" : `· ${message}`];
  if (open) return [String(value), ...more].filter(Boolean).join(" ");
  const done = Math.round(progress * size);
  const full = (options.barCompleteString ?? "").slice(0, done);
  const rest = (options.barIncompleteString ?? "").slice(0, size - done);
  const percent = `${Math.floor(progress * 100)}%`.padStart(4);
  return [`${full}${rest}${percent} ${value}/${total}`, ...more].filter(Boolean).join(" ");
}
