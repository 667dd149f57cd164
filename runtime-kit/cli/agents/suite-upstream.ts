/** The upstream that `arcp serve --conformance` gets credentials from: a few lines in memory, that the script agent can ask. */
import { randomBytes } from "node:crypto";
import { scriptAgent } from "../../../conformance/script.js";
import type { CredentialProvisioner, CredentialRequest } from "../../node.js";

interface SuiteUpstream extends CredentialProvisioner {
  /** Whether a value is good now. */
  accepts(value: string): boolean;
  /** Has a job's credentials rotated. */
  rotate(jobId: string): Promise<void>;
  /** Tells how that is done: by the runtime that has this upstream. */
  serves(runtime: { readonly credentials: { rotate(jobId: string): Promise<void> } }): void;
}

/** The live values, by the grant under which each was issued. */
const live = new Map<string, string>();
let rotate = (_jobId: string): Promise<void> => Promise.reject(new Error("nobody has credentials"));

/** One for the process, as the gates of its script agents are. */
export const suiteUpstream: SuiteUpstream = {
  endsWithProcess: true,
  issue(request) {
    if (!request.agent.startsWith(`${scriptAgent}@`)) return undefined;
    const value = `conformance-${randomBytes(18).toString("base64url")}`;
    live.set(request.grantId, value);
    const endpoint = "https://upstream.conformance.invalid/v1";
    return {
      credentials: [
        { id: "suite", scheme: "bearer", value, endpoint, constraints: constraintsOf(request) },
      ],
    };
  },
  revoke: ({ id }) => void live.delete(id),
  accepts: (value) => [...live.values()].includes(value),
  rotate: (jobId) => rotate(jobId),
  serves: ({ credentials }) => void (rotate = (jobId) => credentials.rotate(jobId)),
};

/** What it would enforce, if it did anything. */
function constraintsOf({ budget, models, expiresAt }: CredentialRequest) {
  return {
    ...(budget && {
      "cost.budget": Object.entries(budget).map(([currency, left]) => `${currency}:${left}`),
    }),
    "model.use": models,
    ...(expiresAt && { expires_at: expiresAt.toISOString() }),
  };
}
