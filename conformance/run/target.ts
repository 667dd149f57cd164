/** The implementation under test, as the command line names it and as it presents itself. */

/** Where it is and with which tokens. */
export interface Target {
  /** `ws://host:port/path` */
  readonly url: string;
  /** The token of the first principal. */
  readonly token: string;
  /** The token of a second principal (rung R1). */
  readonly tokenB?: string;
  /** Factor of every deadline; 1 is right for a machine at rest. */
  readonly timeScale: number;
  /** Makes the identifiers of a run; the same seed makes the same ones. */
  readonly seed: string;
}

/** What the runtime said of itself in a welcome to somebody who offered every feature. */
export interface Presented {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly features: ReadonlySet<string>;
  /** Agent names with their versions and default, as far as they were told. */
  readonly agents: readonly AgentEntry[];
  /** Whether the agent of rung R2 is there. */
  readonly script: boolean;
}

/** One entry of the inventory. */
export interface AgentEntry {
  readonly name: string;
  readonly versions: readonly string[];
  readonly default?: string;
}
