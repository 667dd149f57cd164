import type { Budget, Credential, JobId } from "../../../generated/current/index.js";
import type { Cost } from "../../jobs/facts.js";
import { decimal, numberOf, sum } from "../../leases/decimal.js";
import type { Decimal } from "../../leases/decimal.js";
import type { LogEntry } from "../../stores/port.js";
import type { Grant } from "./ledger.js";
import { redacted, spellings, withoutBeginnings } from "./redact.js";

/** The credentials of one job while it lives. The only place where their values are, and it is in memory (CRED-25). */
export interface Wallet {
  readonly jobId: JobId;
  readonly principal: string;
  readonly parentJobId: JobId | undefined;
  /** Those that are good now, in the order in which they were issued. */
  readonly current: readonly Credential[];
  readonly grant: Grant;
  get(id: string): Credential | undefined;
  /** Aborts once the present value of this credential is good no more. */
  superseded(id: string): AbortSignal;
  /** Takes new values; the rotation of the `n`th is announced at `places[n]` of the job's log. */
  rotate(grant: Grant, credentials: readonly Credential[], places: readonly number[]): void;
  /** The job reported a cost. */
  charge(cost: Cost): void;
  /** What it reported to have spent since it has credentials. */
  readonly reported: Budget;
  /** The job has ended. */
  close(): void;
  /** An entry of the log, with the value of the credential whose newest rotation it announces (CRED-28, CRED-29). */
  filled(entry: LogEntry, index: number): LogEntry;
  /** Every value that the job has, or had, in each spelling that is looked for. */
  readonly secrets: ReadonlySet<string>;
  /** Whether a text holds one of them. */
  isIn(text: string): boolean;
  redacted(text: string): string;
}

export function createWallet(
  job: Pick<Wallet, "jobId" | "principal" | "parentJobId">,
  first: Grant,
  issued: readonly Credential[],
): Wallet {
  let grant = first;
  let current = issued;
  const superseded = new Map<string, AbortController>();
  /** By the place in the log: the newest announcement of each credential. */
  const rotations = new Map<number, string>();
  const secrets = new Set<string>();
  const reported = new Map<string, Decimal>();
  remember();

  function remember(): void {
    for (const { value } of current) for (const one of spellings(value)) secrets.add(one);
  }

  function tell(reason: string): void {
    const told = [...superseded.values()];
    superseded.clear();
    for (const controller of told) controller.abort(new Error(reason));
  }

  const get = (id: string) => current.find((one) => one.id === id);

  return {
    ...job,
    secrets,
    get current() {
      return current;
    },
    get grant() {
      return grant;
    },
    get,
    superseded(id) {
      const known = superseded.get(id) ?? new AbortController();
      superseded.set(id, known);
      return known.signal;
    },
    rotate(next, credentials, places) {
      grant = next;
      current = credentials;
      rotations.clear();
      for (const [at, { id }] of credentials.entries()) rotations.set(places[at]!, id);
      remember();
      tell("the credential was rotated");
    },
    charge({ currency, value }) {
      if (currency === undefined) return;
      const before = reported.get(currency);
      const amount = decimal(String(value))!;
      reported.set(currency, before === undefined ? amount : sum(before, amount));
    },
    get reported() {
      return Object.fromEntries(Array.from(reported, ([name, amount]) => [name, numberOf(amount)]));
    },
    close() {
      current = [];
      rotations.clear();
      tell("the job of the credential has ended");
    },
    filled(entry, index) {
      const id = rotations.get(index);
      const credential = id === undefined ? undefined : get(id);
      if (credential === undefined) return entry;
      // The entry is one of `rotationBody`, and so ends with that body and the payload around it.
      const body = `${entry.body.slice(0, -2)},"value":${JSON.stringify(credential.value)}}}`;
      return { ...entry, body };
    },
    isIn(text) {
      for (const secret of secrets) if (text.includes(secret)) return true;
      return false;
    },
    redacted: (text) => withoutBeginnings(redacted(text, secrets), secrets),
  };
}

/** The body of the event that announces a rotation, as it is stored (CRED-09, CRED-28). §8.2.5 */
export function rotationBody(id: string): string {
  return JSON.stringify({ phase: "credential_rotated", id });
}
