import type { Model } from "../../model/types.js";
import { shortest } from "../fixtures/strings.js";

/** What messages of a revision have as `arcp`: its version, where the envelope takes that. */
export function writtenVersion({ envelope, version }: Model): string {
  const pattern = envelope.schema.properties?.["arcp"]?.pattern;
  if (pattern === undefined || new RegExp(pattern, "u").test(version)) return version;
  return shortest(pattern) ?? version;
}
