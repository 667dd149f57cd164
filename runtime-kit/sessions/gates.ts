import { featureOf, features, namespaces } from "../../generated/draft-1.1/index.js";
import type { ClientToRuntime, Feature } from "../../generated/draft-1.1/index.js";

/**
 * The feature that a message needs and its session did not negotiate, if any: by its type, by a field
 * in it, or by a namespace of the lease it asks for. All from the generated tables. §6.2 (W-14)
 */
export function missingFeature(
  message: ClientToRuntime,
  negotiated: readonly Feature[],
): Feature | undefined {
  const own = featureOf(message.type);
  if (own !== undefined && !negotiated.includes(own)) return own;
  for (const [feature, row] of Object.entries(features)) {
    if (negotiated.includes(feature as Feature)) continue;
    const prefix = `${message.type}/`;
    for (const field of row.fields) {
      if (field.startsWith(prefix) && has(message.payload, field.slice(prefix.length).split("/"))) {
        return feature as Feature;
      }
    }
  }
  return message.type === "job.submit" ? missingInSubmit(message.payload, negotiated) : undefined;
}

function missingInSubmit(
  payload: { readonly agent: string; readonly lease_request?: object },
  negotiated: readonly Feature[],
): Feature | undefined {
  // The version suffix is a part of a value, which no path of the table can name.
  if (payload.agent.includes("@") && !negotiated.includes("agent_versions"))
    return "agent_versions";
  for (const [namespace, row] of Object.entries(namespaces)) {
    const asked = Object.hasOwn(payload.lease_request ?? {}, namespace);
    if (asked && row.feature !== undefined && !negotiated.includes(row.feature)) return row.feature;
  }
  return undefined;
}

function has(value: unknown, path: readonly string[]): boolean {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return at !== undefined;
}
