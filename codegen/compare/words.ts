/** Words of open lists in messages: what a writer says that its reader may not know. */
import { MADE, lanesOf, readerName, readerOf, writerOf } from "./claim.js";
import type { Claim, Hop, Shown, Sides } from "./claim.js";
import type { Place } from "./places.js";

/** Why a word is left undecided. */
export const NOWHERE = "no message that both have bears such a word";

/** The name of the member at a place. */
export const last = ({ path }: Place): string | undefined => path.at(-1);

/** What a word does to a message, in one hop: the values that bear it, where it stands, and what comes of it. */
interface Word {
  readonly verdict: Claim["verdict"];
  readonly reason: string;
  /** Whether the word stands at this place; its value there, if so. */
  readonly value: (place: Place) => unknown;
  /** The flag without which it is not sent. */
  readonly feature?: string | undefined;
}

/** Claims of all places at which the writer can say a word. */
export function wordClaims(sides: Sides, name: string, hop: Hop, word: Word): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  return sides.places.flatMap((place): Claim[] => {
    const half = hop === "toNew" ? place.old : place.new;
    const value = half === undefined ? undefined : word.value(place);
    if (half === undefined || value === undefined || place.type === undefined) return [];
    const message = half.put(value);
    if (writer.read(message).outcome === "refused") return [];
    const shows: Shown[] = [{ id: `${MADE}${name}`, message, want: "taken", at: place.pointer }];
    return lanesOf(writer, place.type).map((lane): Claim => {
      const { feature, verdict, reason } = word;
      if (feature === undefined || reader.hasFlag(feature) || lane === "stored") {
        return { hop, lane, verdict, reason, shows };
      }
      const them = readerName(hop);
      const why = `sent only where \`${feature}\` is agreed on, which ${them} does not have`;
      return { hop, lane, verdict: "works", reason: why, shows };
    });
  });
}
