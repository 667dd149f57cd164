/** Which version a message says. Everything else is judged as if the writer had said the reader's. */
import type { Claim, Hop, Lane, Shown, Sides } from "./claim.js";
import { HOPS, LANES, MADE, lanesOf, readerName, readerOf, writerName, writerOf } from "./claim.js";
import { VERSION, exchanged } from "./side.js";
import type { Found } from "./table.js";
import { detailsOf } from "./table.js";

export function versionChanges(sides: Sides): Found[] {
  const { old, new: now } = sides;
  const form = (side: typeof old) => side.model.envelope.schema.properties?.[VERSION];
  const [a, b] = [form(old), form(now)];
  const details = detailsOf([
    ["says", old.version, now.version],
    ["takes", a?.pattern ?? a?.const, b?.pattern ?? b?.const],
  ]);
  const both = old.version !== undefined && now.version !== undefined;
  if (!both || details.length === 0) return [];
  return [
    {
      subject: "version",
      name: VERSION,
      how: "changed",
      was: undefined,
      about: "",
      details,
      fields: [],
      old: old.model.envelope.position,
      new: now.model.envelope.position,
      claims: HOPS.flatMap((hop) => LANES.flatMap((lane) => claims(sides, hop, lane))),
    },
  ];
}

/** A client speaks first, and cannot know yet; a runtime may answer with what it was greeted with; a log stays as it is. */
function claims(sides: Sides, hop: Hop, lane: Lane): Claim[] {
  const [writer, reader] = [writerOf(sides, hop), readerOf(sides, hop)];
  const [them, us] = [readerName(hop), writerName(hop)];
  const row = writer.model.messages.find(
    ({ type }) => reader.message(type) !== undefined && lanesOf(writer, type).includes(lane),
  );
  if (row === undefined) return [];
  const payload = writer.sample(row.schema.schema, "payload") as object;
  const message = writer.messages.of(row.type, payload as Shown["message"]);
  const shown = (want: Shown["want"], said = message): Shown => ({
    id: `${MADE}${VERSION}`,
    message: said,
    want,
    at: [VERSION],
    asWritten: true,
  });
  const refused = (said: typeof message): boolean =>
    reader.read(said).failures.some(({ pointer }) => pointer === `/${VERSION}`);
  const words = `\`${writer.version}\``;
  if (!refused(message)) {
    const reason = `${them} takes ${words}`;
    return [{ hop, lane, verdict: "works", reason, shows: [shown("taken")] }];
  }
  const theirs = exchanged(message, reader);
  const may = writer.read(theirs).outcome !== "refused";
  const instead = `\`${reader.version}\``;
  if (lane === "answers" && may) {
    const reason = `${us} may answer ${instead} to whom says that`;
    return [{ hop, lane, verdict: "works", reason, shows: [shown("taken", theirs)] }];
  }
  // What is stored says what its session said: nobody says it again for a reader who came later.
  const way =
    lane === "stored"
      ? `only what was said as ${instead} it takes`
      : `it takes ${instead}, which ${us} may say`;
  const reason = `${them} refuses ${words}${may ? `; ${way}` : ""}`;
  const shows = [shown("refused"), ...(may ? [shown("taken", theirs)] : [])];
  return [{ hop, lane, verdict: "breaks", reason, shows }];
}
