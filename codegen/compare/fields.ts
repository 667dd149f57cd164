/** What has come, gone or changed in messages, bodies of events and named types. */
import type { JsonSchema } from "../model/schema.js";
import { typeText } from "../model/fieldtable.js";
import type { Model, Position } from "../model/types.js";
import { likeness, matches, nameLikeness } from "./alike.js";
import { HOPS } from "./claim.js";
import type { Claim, Sides } from "./claim.js";
import { placeClaims } from "./claims-fields.js";
import { detailsOf } from "./table.js";
import type { Found } from "./table.js";
import { gaps } from "./narrow.js";
import { keyOf } from "./places.js";
import type { Half, Place } from "./places.js";

/** Changes of fields and of types as a whole, in the order of the new revision. */
export function fieldChanges(sides: Sides): Found[] {
  const groups = new Map<string, Place[]>();
  for (const place of sides.places) {
    const key = keyOf(place);
    const own = groups.get(key) ?? [];
    own.push(place);
    groups.set(key, own);
  }
  const changed = [...groups.values()].filter((group) => differs(sides, group));
  const renamed = renames(changed.map(([place]) => place).filter((it) => it !== undefined));
  const taken = new Set([...renamed.values()].map(keyOf));
  return changed.flatMap((group): Found[] => {
    const [place] = group;
    if (place === undefined || taken.has(keyOf(place))) return [];
    const becomes = renamed.get(place);
    const also = becomes === undefined ? [] : (groups.get(keyOf(becomes)) ?? []);
    return [found(sides, place, becomes, [...group, ...also])];
  });
}

function differs(sides: Sides, [place]: readonly Place[]): boolean {
  if (place === undefined) return false;
  const { old, new: now } = place;
  if (old === undefined || now === undefined) return true;
  return old.required !== now.required || bothGaps(sides, old, now);
}

function bothGaps(sides: Sides, old: Half, now: Half): boolean {
  return (
    gaps(sides.old, sides.new, old.schema, now.schema).length > 0 ||
    gaps(sides.new, sides.old, now.schema, old.schema).length > 0
  );
}

function found(
  sides: Sides,
  place: Place,
  becomes: Place | undefined,
  group: readonly Place[],
): Found {
  const [old, now] = [place.old, becomes?.new ?? place.new];
  const claims = group.flatMap((it) => HOPS.flatMap((hop): Claim[] => placeClaims(sides, it, hop)));
  const name = keyOf(becomes ?? place);
  return {
    subject: place.path.length === 0 ? "type" : "field",
    name,
    how:
      becomes !== undefined
        ? "renamed"
        : old === undefined
          ? "added"
          : now === undefined
            ? "removed"
            : "changed",
    was: becomes === undefined ? undefined : keyOf(place),
    about: old !== undefined && now !== undefined ? "" : shape(old ?? now),
    details:
      old === undefined || now === undefined
        ? []
        : detailsOf([
            ["type", ...texts(old.schema, now.schema)],
            ["required", old.required, now.required],
          ]),
    fields: [],
    old: old && position(sides.old.model, place.owner),
    new: now && position(sides.new.model, place.owner),
    claims,
    ...(place.type === undefined ? { undecided: `no message refers to \`${place.owner}\`` } : {}),
  };
}

/** As the tables of fields say it; as JSON where those say the same of both. */
function texts(old: JsonSchema, now: JsonSchema): readonly [string, string] {
  const said = [typeText(old), typeText(now)] as const;
  if (said[0] !== said[1]) return said;
  const json = ({ description: _said, properties: _own, ...rest }: JsonSchema) =>
    JSON.stringify(rest);
  return [json(old), json(now)];
}

function shape(half: Half | undefined): string {
  if (half === undefined) return "";
  return `${typeText(half.schema)}${half.required ? ", required" : ""}`;
}

function position(model: Model, owner: string): Position | undefined {
  const blocks = [
    model.envelope,
    ...[...model.messages, ...model.kinds, ...model.definitions].map(({ schema }) => schema),
  ];
  return blocks.find(({ of }) => of === owner)?.position;
}

/** A field that went beside one that came: of the same form, and called or described alike. */
function renames(places: readonly Place[]): Map<Place, Place> {
  const gone = places.filter(({ old, new: now }) => old !== undefined && now === undefined);
  const come = places.filter(({ old, new: now }) => old === undefined && now !== undefined);
  return matches(gone, come, (one, other) => {
    const beside =
      one.owner === other.owner &&
      one.path.slice(0, -1).join("/") === other.path.slice(0, -1).join("/");
    const [a, b] = [one.old?.schema, other.new?.schema];
    if (!beside || a === undefined || b === undefined || form(a) !== form(b)) return 0;
    const names = nameLikeness(one.path.at(-1) ?? "", other.path.at(-1) ?? "");
    return Math.max(names, likeness(a.description ?? "", b.description ?? ""));
  });
}

function form(schema: JsonSchema): string {
  return JSON.stringify(schema, (key, value: unknown) =>
    key === "description" && typeof value === "string" ? undefined : value,
  );
}
