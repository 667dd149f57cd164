import type { JobInput } from "../../jobs/facts.js";
import { ArcpError } from "../../wire/errors.js";
import { agentFailure, agentMistake } from "../failures.js";
import type { Wallet } from "./wallet.js";

/**
 * What a job says is stored, so that it must not hold the value of one of its credentials (CRED-25): an event or a piece
 * of a result that does is refused to the agent, a result fails, words are redacted. Gives what may be said instead.
 */
export function guarded(wallet: Wallet, input: JobInput): JobInput {
  switch (input.type) {
    case "emit":
      if (wallet.isIn(input.body)) throw leak(`an event of kind ${input.kind}`);
      return input;
    case "chunk":
      if (wallet.isIn(input.json)) throw leak("a piece of a streamed result");
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

function leak(what: string): ArcpError {
  const text = `${what} holds the value of a credential of its job, which must not be stored`;
  return agentMistake(new ArcpError("INVALID_REQUEST", text));
}

function withoutSecrets(wallet: Wallet, error: ArcpError): ArcpError {
  const { code, retryable, reason, details } = error;
  const text = details === undefined ? undefined : JSON.stringify(details);
  if (!wallet.isIn(`${reason} ${text ?? ""}`)) return error;
  const kept = text && (JSON.parse(wallet.redacted(text)) as Record<string, unknown>);
  return new ArcpError(code, wallet.redacted(reason), {
    retryable,
    ...(kept ? { details: kept } : {}),
  });
}
