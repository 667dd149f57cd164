import { featureOf, features, namespaces } from "../../generated/current/index.js";
import type { ClientToRuntime, Feature } from "../../generated/current/index.js";

/** A field that a feature gates, by the names that lead to it. */
interface Gate {
  readonly feature: Feature;
  readonly path: readonly string[];
}

/** By the type of message, made of the generated table once. */
const GATED_FIELDS: ReadonlyMap<string, readonly Gate[]> = gatedFields();

const GATED_NAMESPACES = Object.entries(namespaces).flatMap(([name, { feature }]) =>
  feature === undefined ? [] : [{ name, feature }],
);

function gatedFields(): Map<string, Gate[]> {
  const gates = new Map<string, Gate[]>();
  for (const [feature, { fields }] of Object.entries(features)) {
    for (const field of fields) {
      const [type = "", ...path] = field.split("/");
      const gate = { feature: feature as Feature, path };
      gates.set(type, [...(gates.get(type) ?? []), gate]);
    }
  }
  return gates;
}

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
  for (const { feature, path } of GATED_FIELDS.get(message.type) ?? []) {
    if (!negotiated.includes(feature) && has(message.payload, path)) return feature;
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
  const { lease_request: lease } = payload;
  if (lease === undefined) return undefined;
  for (const { name, feature } of GATED_NAMESPACES) {
    if (Object.hasOwn(lease, name) && !negotiated.includes(feature)) return feature;
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
