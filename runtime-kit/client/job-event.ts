import type { JobEvent } from "../../generated/current/index.js";

/** An event of a vendor's own kind. §8.2 */
export interface VendorEvent {
  readonly kind: `x-vendor.${string}`;
  readonly ts: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a watched job: its number in the session that submitted it. §7.6 */
  readonly origin_seq?: number;
}

/**
 * What a job tells while it runs; `kind` says what, and decides the type of `body`. A kind that this
 * revision does not know arrives too, though no type names it. §8.2
 */
export type ReceivedEvent = (JobEvent | VendorEvent) & {
  /** Its number in this session. §8.3 */
  readonly seq: number;
  /** Of a watched job: its number in the session that submitted it, from which `watch` can go on. §7.6 */
  readonly origin_seq?: number;
};
