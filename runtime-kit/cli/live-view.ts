/** What a person sees of a running job: lines as they come, and below them its progress and what is left of its budget. */
import { MultiBar, Presets } from "cli-progress";
import type { Options, Params, SingleBar } from "cli-progress";
import pc from "picocolors";
import type { Job, ReceivedEvent } from "../client/index.js";
import { createGauges, gaugeLine } from "./budget-gauge.js";
import type { Gauge } from "./budget-gauge.js";
import { followingChildren } from "./children.js";
import type { ChildTeller } from "./children.js";
import type { Context } from "./context.js";
import { eventLine, short } from "./event-lines.js";
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
      case "delegate":
        // A refusal is told of as a tool's is.
        calls.set(event.body.delegate_id, `delegate ${short(event.body.agent)}`);
        break;
      default:
    }
    const words = eventLine(event, colors);
    if (words !== undefined) line(words);
  }

  /** What children say stands apart from what the job says, each line with its agent's name. */
  const children: ChildTeller = {
    begun: async () => undefined,
    async event(job, event) {
      const words = eventLine(event, colors);
      if (words !== undefined && !closed) line(`${nameOf(job)} ${words}`);
    },
    async ended(job) {
      const good = job.finalStatus === "success";
      const words = `${good ? "✓" : "✗"} ${oneLine(job.finalStatus ?? "")}`;
      if (!closed) line(`${nameOf(job)} ${good ? colors.dim(words) : colors.red(words)}`);
    },
  };

  function nameOf({ agent }: Job): string {
    return colors.dim(`  ${short(agent)} │`);
  }

  /** Many calls would drown everything else: with a bar they are counted there. */
  function call({ call_id, tool, args }: { call_id: string; tool: string; args?: unknown }): void {
    const words = short(`${tool} ${args === undefined ? "" : JSON.stringify(args)}`.trimEnd());
    calls.set(call_id, words);
    made += 1;
    if (bar === undefined) line(colors.dim(`→ ${words}`));
    else bar.update({ calls: made });
  }

  function result({ call_id, error }: { call_id: string; error?: { code: string } }): void {
    const words = calls.get(call_id) ?? call_id;
    calls.delete(call_id);
    if (error !== undefined) line(colors.red(`✗ ${words}: ${short(error.code)}`));
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
    listeners: { ...listenersOf(notice), ...followingChildren(children) },
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
