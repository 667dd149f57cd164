/** All checks of clients, in the order of the draft. */
import type { Check } from "../../run/check.js";
import type { ClientTrial } from "../trial.js";
import { transportChecks } from "./4-transport.js";
import { envelopeChecks } from "./5-envelope.js";
import { olderChecks } from "./5.5-older.js";
import { helloChecks } from "./6-hello.js";
import { resumeChecks } from "./6.3-resume.js";
import { livenessChecks } from "./6.4-liveness.js";
import { requestChecks } from "./6.6-requests.js";
import { jobChecks } from "./7-jobs.js";
import { watchChecks } from "./7.6-watch.js";
import { eventChecks } from "./8-events.js";

/** The checks for clients over WebSocket. */
export const clientChecks: readonly Check<ClientTrial>[] = [
  ...transportChecks,
  ...envelopeChecks,
  ...olderChecks,
  ...helloChecks,
  ...resumeChecks,
  ...livenessChecks,
  ...requestChecks,
  ...jobChecks,
  ...watchChecks,
  ...eventChecks,
];
