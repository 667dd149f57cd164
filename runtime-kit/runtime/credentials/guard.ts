import type { JobInput } from "../../jobs/facts.js";
import { ArcpError } from "../../wire/errors.js";
import { agentFailure, agentMistake } from "../failures.js";
import { redactedIn } from "./redact.js";
import type { Wallet } from "./wallet.js";

/**
 * What a job says is stored, so that it must not hold the value of one of its credentials (CRED-25): an event that does is
 * refused to the agent, a result fails, words are redacted. Gives what may be said instead. The chunks of a stream were
 * looked at before they were cut: `guardedStream`.
 */
export function guarded(wallet: Wallet, input: JobInput): JobInput {
  switch (input.type) {
    case "emit":
      if (wallet.isIn(input.kind)) throw leak("the kind of an event");
      if (wallet.isIn(input.body)) throw leak(`an event of kind ${input.kind}`);
      return input;
    case "returned":
      return wallet.isIn(`${input.result ?? ""} ${input.summary ?? ""}`)
        ? { type: "failed", error: agentFailure(leak("the result")) }
        : input;
    case "failed":
      return { type: "failed", error: withoutSecrets(wallet, input.error) };
    case "cancel":
      return { ...input, reason: input.reason && wallet.redacted(input.reason) };
    default:
      return input;
  }
}

/** What an agent is refused with. */
export function leak(what: string): ArcpError {
  const text = `${what} holds the value of a credential of its job, which must not be stored`;
  return agentMistake(new ArcpError("INVALID_REQUEST", text));
}

function withoutSecrets(wallet: Wallet, error: ArcpError): ArcpError {
  const { code, retryable, reason, details } = error;
  if (!wallet.isIn(`${reason} ${details === undefined ? "" : JSON.stringify(details)}`)) {
    return error;
  }
  return new ArcpError(code, wallet.redacted(reason), {
    retryable,
    ...(details === undefined
      ? {}
      : { details: redactedIn(wallet.redacted, details) as typeof details }),
  });
}
