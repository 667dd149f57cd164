/** Mutants of requirements: one with MUST is dropped. */
import type { Draft } from "../../codegen/model/draft.js";
import { placesOf, readSources } from "../requirements/places.js";
import { rowsOf } from "../requirements/standing.js";
import type { Row } from "../requirements/standing.js";
import type { Fate, Notice } from "./mutant.js";

/** A MUST that is dropped leaves what cites it: then somebody asks what it is about. */
export function droppedRequirements(
  { requirements }: Pick<Draft, "requirements">,
  rows: readonly Row[] = rowsOf(placesOf(readSources("."))),
): Fate[] {
  const known = new Map<string, Row>(rows.map((row) => [row.id, row]));
  return requirements
    .filter(({ level }) => level.startsWith("MUST"))
    .filter(({ side }) => side !== "agent" && side !== "operator")
    .map(({ id, position }): Fate => {
      const row = known.get(id);
      const noticed = row && noticeOf(row);
      const because = row?.exclusions[0]?.because;
      return {
        id: `requirement ${id}`,
        family: "requirements",
        at: `${position.file}:${position.line}`,
        what: "it is dropped",
        ...(noticed !== undefined ? { noticed } : because !== undefined && { because }),
      };
    });
}

function noticeOf({ checks, tests }: Row): Notice | undefined {
  const [check] = checks;
  if (check !== undefined) return { by: "check", where: check };
  const [test] = tests;
  return test === undefined ? undefined : { by: "test", where: test };
}
