/** All checks, in the order of the draft. */
import type { Check } from "../run/check.js";
import { delegationChecks } from "./10-delegation.js";
import { traceChecks } from "./11-trace.js";
import { errorChecks } from "./12-errors.js";
import { securityChecks } from "./14-security.js";
import { transportChecks } from "./4-transport.js";
import { stdioChecks } from "./4.2-stdio.js";
import { malformedChecks } from "./5.2-malformed.js";
import { textChecks } from "./5.2-text.js";
import { limitChecks } from "./5.3-limits.js";
import { olderChecks } from "./5.5-older.js";
import { envelopeChecks } from "./5-envelope.js";
import { authChecks } from "./6.1-auth.js";
import { helloChecks } from "./6.2-hello.js";
import { restartChecks } from "./6.3-restart.js";
import { resumeChecks } from "./6.3-resume.js";
import { oldConnectionChecks } from "./6.3-old-connection.js";
import { takeoverChecks } from "./6.3-takeover.js";
import { heartbeatChecks } from "./6.4-heartbeat.js";
import { silenceChecks } from "./6.4-silence.js";
import { ackChecks } from "./6.5-ack.js";
import { listChecks } from "./6.6-list.js";
import { closeChecks } from "./6.7-close.js";
import { submitChecks } from "./7.1-submit.js";
import { keyChecks } from "./7.2-keys.js";
import { retryChecks } from "./7.2-retry.js";
import { lifecycleChecks } from "./7.3-lifecycle.js";
import { killedJobChecks } from "./7.3-restart.js";
import { startChecks } from "./7.3-start.js";
import { cancelChecks } from "./7.4-cancel.js";
import { agentChecks } from "./7.5-agents.js";
import { subscribeChecks } from "./7.6-subscribe.js";
import { subscriptionChecks } from "./7.6-survives.js";
import { eventChecks } from "./8-events.js";
import { chunkChecks } from "./8.4-chunks.js";
import { leaseChecks } from "./9-leases.js";
import { subsetChecks } from "./9.4-subset.js";
import { expiryChecks } from "./9.5-expiry.js";
import { budgetChecks } from "./9.6-budget.js";
import { credentialChecks } from "./9.8-credentials.js";
import { namespaceChecks } from "./9.2-namespaces.js";
import { literalChecks } from "./9.2-literal.js";

/** The checks for runtimes. */
export const runtimeChecks: readonly Check[] = [
  ...transportChecks,
  ...stdioChecks,
  ...envelopeChecks,
  ...malformedChecks,
  ...textChecks,
  ...limitChecks,
  ...olderChecks,
  ...authChecks,
  ...helloChecks,
  ...resumeChecks,
  ...takeoverChecks,
  ...oldConnectionChecks,
  ...restartChecks,
  ...heartbeatChecks,
  ...silenceChecks,
  ...ackChecks,
  ...listChecks,
  ...closeChecks,
  ...submitChecks,
  ...keyChecks,
  ...retryChecks,
  ...lifecycleChecks,
  ...startChecks,
  ...killedJobChecks,
  ...cancelChecks,
  ...agentChecks,
  ...subscribeChecks,
  ...subscriptionChecks,
  ...eventChecks,
  ...chunkChecks,
  ...leaseChecks,
  ...namespaceChecks,
  ...literalChecks,
  ...subsetChecks,
  ...expiryChecks,
  ...budgetChecks,
  ...credentialChecks,
  ...delegationChecks,
  ...traceChecks,
  ...errorChecks,
  ...securityChecks,
];
