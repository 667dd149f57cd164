/** Why an HTTP server does not become a WebSocket. */
import { ConnectionError } from "../../wire/errors.js";
import { StepFailed } from "./step.js";

/** What to do about an answer that is no upgrade, by its status. */
const ADVICE: Readonly<Record<string, string>> = {
  400: "look at the URL: the runtime finds something wrong with the request",
  401: "what stands before the runtime asks for credentials of its own",
  403: "the runtime refuses the Host or the Origin: have it allow them (`arcp serve --allowed-host`, `--allowed-origin`)",
  404: "look at the path of the URL: a runtime listens at /arcp unless it was told another",
  407: "a proxy asks for credentials",
  426: "what stands before the runtime does not pass upgrades on: have it pass the headers Upgrade and Connection",
  429: "there are too many requests: try again later",
  503: "the runtime is full or closing: try again later",
};

export function upgradeFailed(
  error: unknown,
  { url, origin }: { readonly url: string; readonly origin: string | undefined },
): StepFailed {
  const message = error instanceof ConnectionError ? error.message : String(error);
  const status = / answered (\d{3})\b/.exec(message)?.[1];
  if (status === undefined) {
    return new StepFailed(
      message,
      "what listens there does not speak HTTP, or ends connections: look at the port of the URL",
    );
  }
  const facts = {
    status: Number(status),
    host: new URL(url).host,
    ...(origin === undefined ? {} : { origin }),
  };
  return new StepFailed(message, adviceFor(status), undefined, facts);
}

function adviceFor(status: string): string {
  const known = ADVICE[status];
  if (known !== undefined) return known;
  if (status.startsWith("3")) return "it points elsewhere: use the address that it points to";
  if (status.startsWith("5"))
    return "the server, or a proxy before it, is out of order: look at its log";
  return "what answers there is a web server, not a runtime: look at the port and the path of the URL";
}
