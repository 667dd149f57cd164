import type { Feature } from "../../generated/current/index.js";
import { vendorProblem } from "../leases/grammars.js";
import type { VendorNamespaces } from "../leases/grammars.js";
import { compileLease } from "../leases/lease.js";
import type { CompiledLease } from "../leases/lease.js";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/port.js";
import { memoryPair } from "../transports/memory.js";
import type { Dial, Transport } from "../transports/port.js";
import { stayAlive, systemClock, systemEntropy } from "../transports/system.js";
import { ConnectionError } from "../wire/errors.js";
import { silentLogger } from "../wire/logger.js";
import type { Logger } from "../wire/logger.js";
import type { Clock, Entropy } from "../wire/time.js";
import { createAlarms } from "./alarms.js";
import type { Verifier } from "./auth.js";
import { checkClose, checkRuntime } from "./check-options.js";
import { SERVED_NAMESPACES, servedFeatures } from "./core.js";
import type { Core, RealPaths } from "./core.js";
import { discreetLogger } from "./credentials/discretion.js";
import { createKeyring } from "./credentials/keyring.js";
import type { CredentialDesk, CredentialProvisioner } from "./credentials/provisioner.js";
import type { Agent } from "./define.js";
import { createDriver } from "./driver.js";
import { inWords } from "./failures.js";
import { limitsOf } from "./limits.js";
import type { RuntimeLimits } from "./limits.js";
import type { Policy } from "./policy.js";
import { createRegistry } from "./registry.js";
import { sha256 } from "./secrets.js";
import type { Peer } from "./connections.js";

/** What a runtime is made of. §3 */
export interface RuntimeOptions {
  /** Made by `defineAgent`; checked here. */
  readonly agents?: readonly Agent[];
  /**
   * Says whom a token stands for. Without it nobody gets in but `connect()` in this process. Whoever is believed without a
   * token and gives one all the same is whom that one stands for.
   */
  readonly auth?: Verifier;
  /** Where jobs and sessions are kept; in memory by default. */
  readonly store?: Store;
  readonly limits?: Partial<RuntimeLimits>;
  readonly logger?: Logger;
  /** How the runtime names itself in the welcome. */
  readonly name?: string;
  readonly version?: string;
  /** Offers less than is served; never more. */
  readonly features?: readonly Feature[];
  readonly cancelAuthority?: "session" | "principal";
  /** Narrows leases and opens jobs to other principals; without it leases stand as asked, and nobody sees a foreign job. */
  readonly policy?: Policy;
  /**
   * Issues keys for jobs, as narrow as their leases, and revokes them. Needs a store that lasts: the ledger of what is to be
   * revoked must outlive a crash. Without it no job has credentials. §9.8
   */
  readonly credentials?: CredentialProvisioner;
  /**
   * Namespaces of your own that a lease may grant, each with the kind of its patterns, as in
   * `{ "x-vendor.acme.gpu": "name" }`; agents ask with `ctx.authorize`. Others are refused at submit. §9.2
   */
  readonly namespaces?: VendorNamespaces;
  /**
   * Models that agents may use in jobs whose lease has no `model.use`: names, or patterns of them as `tier-fast/*`.
   * Without it such a job may use none. §9.7
   */
  readonly models?: { readonly registered: readonly string[] };
  /** Where paths really lead. `arcp` on Node sets it; without it `fs.*` cannot be leased. */
  readonly realPaths?: RealPaths;
  readonly clock?: Clock;
  readonly entropy?: Entropy;
}

/** A runtime: it hosts agents, and takes connections from anything that carries frames. */
export interface Runtime {
  /**
   * Resolves once all that the store kept is taken up; until then connections wait. Rejects with what is wrong with
   * the store, and then nobody is let in.
   */
  readonly ready: Promise<void>;
  /**
   * Resolves with the store's error if the store refuses a commit: then nothing more is accepted, said or run,
   * every connection was closed with 1011, and what is left is to `close()` and to start anew, on what the store
   * has. Never settles otherwise.
   */
  readonly failed: Promise<unknown>;
  /** What an operator can see and do of provisioned credentials. §9.8 */
  readonly credentials: CredentialDesk;
  /**
   * Asks `policy.observe` again about everybody who looks on at a job of another principal, for when less is permitted than
   * before; by itself that happens at each resume. Resolves with how many subscriptions that ended. §14.3
   */
  reviewWatches(): Promise<number>;
  /** Takes a connection; returns at once. */
  accept(transport: Transport, peer?: Peer): void;
  /**
   * Opens connections from within this process, where no token is needed: the principal is believed. A client that gives a
   * token is who `auth` says, and nobody if it does not know the token. Once the runtime is closed it rejects with a
   * `ConnectionError` `CLOSED` that is final, and a client ends.
   */
  dial(principal?: string): Dial;
  /**
   * Puts these agents in the place of all that there are, from the next submit on. Jobs that were accepted
   * before, running or pending, end with the agent that they were accepted for; sessions stay, and hear of
   * the new inventory in their next welcome. Throws a `TypeError`, and changes nothing, for what `createRuntime`
   * would refuse. §7.5
   */
  replaceAgents(agents: readonly Agent[]): void;
  /**
   * Takes no more jobs, lets running ones end for at most `drainMs` (0 by default), ends the others
   * with a retryable `INTERNAL_ERROR`, and closes every connection. Until it resolves a program does not end by itself.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What is waited for besides the clock, the store and the peers: all else that decides what comes before what. */
export type Platform = Pick<Core, "defer" | "sha256" | "stayAlive">;

/** Makes a runtime. Throws a `TypeError` for options that are none, or have another shape. §3 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  return createRuntimeOn({ defer: afterTurn, sha256, stayAlive }, options);
}

/** Makes a runtime of which nothing happens but by what it is given: `npm run simulate` needs that. */
export function createRuntimeOn(platform: Platform, options: RuntimeOptions): Runtime {
  checkRuntime(options);
  const clock = options.clock ?? systemClock();
  const registry = createRegistry(options.agents ?? []);
  const keyring = createKeyring();
  const core: Core = {
    name: options.name ?? "arcp",
    version: options.version ?? "0.1.0",
    registry,
    verify: options.auth,
    store: options.store ?? memoryStore(),
    limits: limitsOf(options.limits),
    logger: discreetLogger(options.logger ?? silentLogger, keyring),
    clock,
    alarms: createAlarms(clock),
    entropy: options.entropy ?? systemEntropy,
    ...platform,
    features: servedFeatures(options.credentials !== undefined).filter(
      (feature) => options.features?.includes(feature) ?? true,
    ),
    namespaces: SERVED_NAMESPACES,
    vendors: vendorsOf(options.namespaces),
    models: modelsOf(options.models),
    realPaths: options.realPaths,
    cancelAuthority: options.cancelAuthority ?? "session",
    policy: options.policy ?? {},
    provisioner: options.credentials,
    keyring,
  };
  mustLast(core);
  const driver = createDriver(core);
  const ready = driver.restore();
  ready.catch((error: unknown) => {
    core.logger.error({ error: inWords(error) }, "the store cannot be read; nobody is let in");
  });
  let closing: Promise<void> | undefined;
  /** Nobody will ever answer here again. */
  let gone = false;

  function accept(transport: Transport, peer?: Peer): void {
    ready.then(
      () => driver.accept(transport, peer),
      () => transport.close(1011, "the store cannot be read"),
    );
  }

  /** A program that waits for this lives until it is done. */
  function awaited<T>(promise: Promise<T>): Promise<T> {
    return promise.finally(core.stayAlive());
  }

  const runtime: Runtime = {
    ready,
    failed: driver.failed,
    credentials: {
      ...driver.credentials,
      rotate: (jobId) => awaited(driver.credentials.rotate(jobId)),
    },
    reviewWatches: driver.reviewWatches,
    accept,
    dial:
      (principal = "local") =>
      async () => {
        if (gone) {
          const text = "the runtime of this process is closed";
          throw new ConnectionError("CLOSED", text, { final: true });
        }
        const [mine, theirs] = memoryPair();
        accept(theirs, { principal, address: "memory", secure: true });
        return mine;
      },
    replaceAgents: registry.replace,
    close(options = {}) {
      checkClose(options);
      const { drainMs = 0 } = options;
      closing ??= awaited(driver.close(clock.monotonic() + drainMs)).finally(() => (gone = true));
      return closing;
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
  return runtime;
}

function vendorsOf(namespaces: VendorNamespaces = {}): VendorNamespaces {
  const problem = vendorProblem(namespaces);
  if (problem !== undefined) throw new TypeError(`createRuntime: ${problem}`);
  return { ...namespaces };
}

function modelsOf(models: RuntimeOptions["models"]): CompiledLease {
  if (models === undefined) return { grants: [] };
  const { registered } = models;
  const compiled = compileLease({ "model.use": registered }, { served: ["model.use"] });
  if (compiled.ok) return compiled.lease;
  const { path, message } = compiled.fault;
  throw new TypeError(`createRuntime: models.registered at ${path}: ${message}`);
}

/** SEC-19, SEC-22: a promise to revoke that a crash undoes is none. */
function mustLast({ provisioner, store }: Core): void {
  if (provisioner === undefined || provisioner.endsWithProcess === true || store.durable) return;
  throw new TypeError(
    "createRuntime: credentials need a store that outlives the process, since what was issued has to be revoked after a crash too: give { store: sqlite(path) } of arcp/stores/sqlite",
  );
}

/** After the turn and the input that is ready: what comes with it joins one commit. */
function afterTurn(action: () => void): void {
  if (typeof setImmediate === "function") setImmediate(action);
  else setTimeout(action, 0);
}
