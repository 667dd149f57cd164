/** All mutants, by name. */
import { authorityMutants } from "./authority.js";
import { credentialMutants } from "./credentials.js";
import { delegationMutants } from "./delegation.js";
import { eventMutants } from "./events.js";
import { jobMutants } from "./jobs.js";
import { keyMutants } from "./keys.js";
import { limitMutants } from "./limits.js";
import { lineMutants } from "./lines.js";
import { listMutants } from "./lists.js";
import type { Mutant } from "./mutant.js";
import { olderMutants } from "./older.js";
import { restartMutants } from "./restart.js";
import { sessionMutants } from "./sessions.js";
import { watchMutants } from "./watch.js";
import { wireMutants } from "./wire.js";

/** Every mutant of the suite. Names are unique; the registry and a test hold them to it. */
export const mutants: readonly Mutant[] = [
  ...wireMutants,
  ...lineMutants,
  ...sessionMutants,
  ...listMutants,
  ...jobMutants,
  ...keyMutants,
  ...eventMutants,
  ...authorityMutants,
  ...credentialMutants,
  ...delegationMutants,
  ...limitMutants,
  ...restartMutants,
  ...watchMutants,
  ...olderMutants,
];

/** The names of the mutants. */
export const mutantNames: ReadonlySet<string> = new Set(mutants.map(({ name }) => name));
