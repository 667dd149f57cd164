/**
 * The ledger's rows: few, since an entry is there only while something is to be revoked. They are read and checked as a
 * whole, and written one by one.
 */
import type { Loaded } from "../port.js";
import type { Connection } from "./driver.js";
import { damaged } from "./failure.js";
import { versionOf } from "./schema.js";
import { checksum } from "./segment.js";

/** The version of the schema that brought the table; who only reads a file does not bring it up to date. */
const SINCE = 2;

interface LedgerRow {
  readonly k: number;
  readonly id: string;
  readonly record: string;
  readonly crc: number;
}

/** The entries, in the order in which each was first put; none in a file of a release that had no ledger. */
export function readLedger(db: Connection): Loaded["ledger"] {
  // Not asked of the tables that are there: one that a flipped bit has hidden must not look like none.
  if (versionOf(db) < SINCE) return [];
  const rows = db.prepare("SELECT k, id, record, crc FROM ledger ORDER BY k").all() as LedgerRow[];
  return rows.map(({ id, record, crc }) => {
    if (entryChecksum(id, record) !== crc) throw damaged(`the ledger's entry ${id}`);
    return JSON.parse(record) as Loaded["ledger"][number];
  });
}

/** Writing the ledger, within whatever transaction is open. */
export interface Ledger {
  put(id: string, record: string): void;
  remove(id: string): void;
}

export function createLedger(db: Connection): Ledger {
  const update = db.prepare("UPDATE ledger SET record = ?, crc = ? WHERE id = ?");
  const insert = db.prepare("INSERT INTO ledger (id, record, crc) VALUES (?, ?, ?)");
  const remove = db.prepare("DELETE FROM ledger WHERE id = ?");
  return {
    put(id, record) {
      const crc = entryChecksum(id, record);
      if (Number(update.run(record, crc, id).changes) === 0) insert.run(id, record, crc);
    },
    remove: (id) => void remove.run(id),
  };
}

function entryChecksum(id: string, record: string): number {
  return checksum(`ledger:${id}`, record);
}
