/** `arcp/runtime`: hosting agents, without a client. */
export { bearer } from "./auth.js";
export type { Verdict, Verifier } from "./auth.js";
export type * from "./context.js";
export type { Peer } from "./connections.js";
export { createRuntime } from "./create.js";
export type * from "./credentials/provisioner.js";
export type { Runtime, RuntimeOptions } from "./create.js";
export { defineAgent } from "./define.js";
export type { Agent, AgentDefinition, InputSchema, InputVerdict } from "./define.js";
export type { TokenIdentity } from "./identity.js";
export { DEFAULT_LIMITS } from "./limits.js";
export type { RuntimeLimits } from "./limits.js";
export type * from "./policy.js";
export { capBudget } from "../leases/cap-budget.js";
export type { BudgetAsk } from "../leases/cap-budget.js";
export type { LeaseRequest, VendorNamespace } from "../wire/lease-request.js";
export type { Logger } from "../wire/logger.js";
