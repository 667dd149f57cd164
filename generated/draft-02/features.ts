// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

import type { EventKind, Feature, MessageType, Namespace } from "./constants.js";

/**
 * What each flag gates: without it these messages, kinds, namespaces and fields
 * (`MESSAGE_OR_DEFINITION/property/…`) are neither sent nor asked for.
 */
export const features: Readonly<
  Record<
    Feature,
    {
      readonly since: string;
      readonly messages: readonly MessageType[];
      readonly kinds: readonly EventKind[];
      readonly fields: readonly string[];
      readonly namespaces: readonly Namespace[];
      readonly section: string;
    }
  >
> = {
};

/** The flags that both peers have, each once, in the order of `theirs`. Unknown flags drop out. */
export function intersect(theirs: readonly string[], ours: readonly Feature[]): Feature[] {
  const open = new Map<string, Feature>(ours.map((flag) => [flag, flag]));
  const both: Feature[] = [];
  for (const flag of theirs) {
    const known = open.get(flag);
    if (known === undefined) continue;
    open.delete(flag);
    both.push(known);
  }
  return both;
}

/** The flag that gates a message, if one does; an unknown type has none. */
export function featureOf(type: string): Feature | undefined {
  switch (type) {
    default:
      return undefined;
  }
}
