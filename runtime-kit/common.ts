/** What every flavour of the entry `arcp` has in common. */
export type * from "../generated/current/index.js";
export { Limits, PROTOCOL_VERSION, SUPPORTED_VERSIONS } from "../generated/current/index.js";
export type * from "./client/index.js";
export { bearer } from "./runtime/auth.js";
export type { Verdict, Verifier } from "./runtime/auth.js";
export type {
  AgentContext,
  AgentCredential,
  AuthorizedOperation,
  Delegate,
  DelegatedJob,
  DelegateOptions,
  LogLevel,
  StreamedResult,
  ToolOptions,
} from "./runtime/context.js";
export type { VendorKind, VendorNamespace, VendorNamespaces } from "./leases/grammars.js";
export { covers, isSubset, matches } from "./leases/plain.js";
export type { LeaseOptions } from "./leases/plain.js";
export type { Subset } from "./leases/subset.js";
export type { Peer } from "./runtime/connections.js";
export type { RealPaths } from "./runtime/core.js";
export type { RuntimeOptions } from "./runtime/create.js";
export type * from "./runtime/credentials/provisioner.js";
export { defineAgent } from "./runtime/define.js";
export type { Agent, AgentDefinition, InputSchema, InputVerdict } from "./runtime/define.js";
export type { TokenIdentity } from "./runtime/identity.js";
export type { RuntimeLimits } from "./runtime/limits.js";
export type { Identity, LeaseAsk, Narrowed, ObserveAsk, Policy } from "./runtime/policy.js";
export type { Logger } from "./wire/logger.js";
export { memoryStore } from "./stores/memory.js";
export type { Store } from "./stores/port.js";
export type { Dial, Transport } from "./transports/port.js";
export { ArcpError, ConnectionError } from "./wire/errors.js";
export type { ConnectionFailure } from "./wire/errors.js";
export type { EmbeddedRuntime as Runtime } from "./embed.js";
