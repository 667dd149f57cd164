import type { Feature, Namespace } from "../../generated/current/index.js";
import type { VendorNamespaces } from "../leases/grammars.js";
import type { CompiledLease } from "../leases/lease.js";
import type { Store } from "../stores/port.js";
import type { Logger } from "../wire/logger.js";
import type { Clock, Entropy } from "../wire/time.js";
import type { Alarms } from "./alarms.js";
import type { Verifier } from "./auth.js";
import type { Keyring } from "./credentials/keyring.js";
import type { CredentialProvisioner } from "./credentials/provisioner.js";
import type { RuntimeLimits } from "./limits.js";
import type { Policy } from "./policy.js";
import type { Registry } from "./registry.js";

/** Where paths really lead, once links are resolved; only absolute paths are asked for. */
export interface RealPaths {
  /** Rejects for a path that cannot be resolved, or that leads nowhere. */
  one(path: string): Promise<string>;
  /** Several at once, which share what they learn; those that cannot be resolved are left out. */
  all(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** What every part of a runtime works with, once its options have their defaults. */
export interface Core {
  readonly name: string;
  readonly version: string;
  readonly registry: Registry;
  /** Absent: no token stands for anybody. */
  readonly verify: Verifier | undefined;
  readonly store: Store;
  readonly limits: RuntimeLimits;
  /** Takes what peers sent as it is: no value of a credential reaches the operator's. */
  readonly logger: Logger;
  readonly clock: Clock;
  /** What has to happen by the wall clock, however it came to that time. */
  readonly alarms: Alarms;
  readonly entropy: Entropy;
  /** Runs a function after the present turn. */
  readonly defer: (action: () => void) => void;
  /** Keeps the process alive, where there is one, until what it returns is called; the timers of the clock do not. */
  readonly stayAlive: () => () => void;
  /** SHA-256 in hexadecimal. */
  readonly sha256: (text: string) => Promise<string>;
  readonly features: readonly Feature[];
  /** Namespaces that a lease may name here. */
  readonly namespaces: readonly string[];
  /** Namespaces of vendors that it may name besides. */
  readonly vendors: VendorNamespaces;
  /** `model.use` of jobs whose lease has none; it grants nothing where no models are registered (W-26). */
  readonly models: CompiledLease;
  /** Absent where there is no file system. */
  readonly realPaths: RealPaths | undefined;
  /** Who may cancel: the submitting session, or every session of its principal (W-17). */
  readonly cancelAuthority: "session" | "principal";
  readonly policy: Policy;
  /** Issues and revokes what jobs need in other people's houses. */
  readonly provisioner: CredentialProvisioner | undefined;
  /** What they have in use there: the log and the answers of errors hold none of it. */
  readonly keyring: Keyring;
}

/** What each feature of this revision takes to be served: a new flag does not compile until somebody has decided. */
const SERVED_FEATURES: Readonly<Record<Feature, "always" | "with-provisioner" | "never">> = {
  heartbeat: "always",
  ack: "always",
  list_jobs: "always",
  lease_expires_at: "always",
  "cost.budget": "always",
  "model.use": "always",
  agent_versions: "always",
  progress: "always",
  result_chunk: "always",
  subscribe: "always",
  // Credentials need somebody who issues them.
  provisioned_credentials: "with-provisioner",
};

/** The features that this runtime can keep the promises of. */
export function servedFeatures(provisioned: boolean): readonly Feature[] {
  const flags = Object.entries(SERVED_FEATURES) as [Feature, string][];
  return flags
    .filter(([, served]) => served === "always" || (provisioned && served === "with-provisioner"))
    .map(([feature]) => feature);
}

/** SEC-03: what others could read is not offered to begin with. */
export function offered(features: readonly Feature[], secure: boolean): readonly Feature[] {
  return secure ? features : features.filter((feature) => feature !== "provisioned_credentials");
}

/** Whether each namespace of this revision is enforced at every door: a lease may name no other. */
const ENFORCED: Readonly<Record<Namespace, boolean>> = {
  "agent.delegate": true,
  "fs.read": true,
  "fs.write": true,
  "net.fetch": true,
  "tool.call": true,
  "cost.budget": true,
  "model.use": true,
};

/** The namespaces that are enforced at every door. */
export const SERVED_NAMESPACES: readonly string[] = Object.entries(ENFORCED).flatMap(
  ([namespace, enforced]) => (enforced ? namespace : []),
);
