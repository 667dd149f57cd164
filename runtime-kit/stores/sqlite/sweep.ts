/** Giving back what was deleted, a little at a time: a long log, freed at once, would hold up the commits. */
import type { Connection } from "./driver.js";
import type { Spool } from "./spool.js";
import { rollback } from "./statements.js";
import type { Statements } from "./statements.js";

/** Rows that one sweep deletes, and pages that it gives back. */
const SWEEP_ROWS = 256;
const SWEEP_PAGES = 1024;
/** Free pages that stay in the file, to be used again: 4 MiB. */
const SPARE_PAGES = 1024;

/** Frees a little of what was deleted; says whether there is more. */
export function sweep(db: Connection, sql: Statements, spool: Spool): boolean {
  const trash = sql.trash.all(SWEEP_ROWS) as { readonly what: string; readonly k: number }[];
  if (trash.length > 0) {
    sql.begin.run();
    try {
      // A commit costs more than the rows, so that one takes as many as may be taken, of however many owners.
      let left = SWEEP_ROWS;
      for (const { what, k } of trash) {
        const rows = what === "jobs" ? sql.sweepJob : sql.sweepSession;
        const changes = Number(rows.run(k, left).changes);
        if (changes < left) {
          sql.removeTrash.run(what, k);
          if (what === "jobs") spool.remove(k);
        }
        left -= changes;
        if (left === 0) break;
      }
      sql.commit.run();
    } catch (error) {
      rollback(db);
      throw error;
    }
    return true;
  }
  const free = sql.freePages.get() as { readonly freelist_count: number };
  if (free.freelist_count <= SPARE_PAGES) return false;
  // Each page is a row, and not every platform's `exec` asks for more than the first.
  db.prepare(`PRAGMA incremental_vacuum(${SWEEP_PAGES})`).all();
  // The file itself becomes shorter with the checkpoint. One that waits for nobody: where another process still reads,
  // SQLite's next checkpoint does it.
  const left = sql.freePages.get() as { readonly freelist_count: number };
  if (left.freelist_count <= SPARE_PAGES) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  return left.freelist_count < free.freelist_count;
}
