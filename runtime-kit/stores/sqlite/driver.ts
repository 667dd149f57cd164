/**
 * Which SQLite is used: the one built into the platform, or `@photostructure/sqlite`, which has the same API and
 * brings its binary in the npm package. Nothing else of this room knows that there are two.
 */
import { isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";
import { StoreError } from "../errors.js";

/** A prepared statement, as far as the store uses it. */
export interface Statement {
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): unknown[];
}

/** What goes into a statement and comes out of a row. */
export type SqlValue = string | number | Uint8Array | null;

/** An open database file. Synchronous. */
export interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** How a file is opened. */
export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Nobody changes the file: it is read without locks, and without SQLite's own log. */
  readonly immutable?: boolean;
  /** How long a statement waits for a lock of somebody else's, in milliseconds. Default 5,000. */
  readonly busyMs?: number;
}

/** What opens a file, and the name of the package or built-in that it comes from. */
export interface Driver {
  readonly name: string;
  open(path: string, options?: OpenOptions): Connection;
}

interface SqliteModule {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly?: boolean; readonly timeout?: number },
  ) => Connection;
}

const BUSY_MS = 5_000;

const PACKAGES = ["node:sqlite", "@photostructure/sqlite"] as const;

/** Finds the driver of this platform. Throws a `StoreError` that names what to install where there is none. */
export async function loadDriver(): Promise<Driver> {
  for (const name of PACKAGES) {
    if (name === "node:sqlite" && !isBuiltin(name)) continue;
    try {
      const { DatabaseSync } = (await import(name)) as SqliteModule;
      return {
        name,
        open(path, { readOnly = false, immutable = false, busyMs = BUSY_MS } = {}) {
          const name = immutable ? `${pathToFileURL(path).href}?immutable=1` : path;
          return new DatabaseSync(name, { readOnly, timeout: busyMs });
        },
      };
    } catch (cause) {
      if (name === PACKAGES.at(-1)) {
        const text =
          "there is no SQLite here: use Node 22.13 or later, or npm install @photostructure/sqlite";
        throw new StoreError("UNAVAILABLE", text, { cause });
      }
    }
  }
  throw new Error("unreachable: the last package either loads or throws");
}
