/**
 * Runs in the thread of Node's module hooks: gives each reload modules of its own, and tells what it loaded.
 *
 * Node keeps a module by its URL for ever. So a reload imports its files with its number as a query, and
 * here whatever such a module imports gets the same number: all modules of the user are new, and packages
 * in node_modules, which have no number, stay what they are. This file imports nothing of ours and has no
 * syntax beyond types, so that every Node and `tsx` can load it there.
 */
/* eslint-disable unicorn/require-post-message-target-origin -- the ports of threads know no origins */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MessagePort } from "node:worker_threads";

/** The query parameter with the number of a reload. */
export const GENERATION = "arcp-reload";

/** What the thread is told once. */
export interface HookData {
  readonly port: MessagePort;
  /** URLs of the folders, with a slash at their end, below which a bare specifier leads to the user's own code. */
  readonly roots: readonly string[];
}

/** What it tells: a module of a reload, or an import that led nowhere. Anything else is an echo. */
export type HookNews =
  | { readonly path: string; readonly stamp: string }
  | { readonly missing: { readonly specifier: string; readonly from: string } };

let data: HookData | undefined;

export function initialize(given: HookData): void {
  data = given;
  // An echo comes after everything that was told before, so that the other side knows it has it all.
  given.port.on("message", (echo) => given.port.postMessage(echo));
  given.port.unref();
}

interface Resolved {
  readonly url: string;
}
type Next = (specifier: string, context: object) => Resolved | Promise<Resolved>;

export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: Next,
): Promise<Resolved> {
  const generation = generationOf(specifier) ?? generationOf(context.parentURL);
  if (generation === undefined) return next(specifier, context);
  let resolved: Resolved;
  try {
    resolved = await next(specifier, context);
  } catch (error) {
    tell({ missing: { specifier, from: context.parentURL ?? specifier } });
    throw error;
  }
  if (!isOfUser(specifier, resolved.url)) return resolved;
  const url = new URL(resolved.url);
  tell({ path: fileURLToPath(url), stamp: stampOf(fileURLToPath(url)) });
  url.searchParams.set(GENERATION, generation);
  return { ...resolved, url: url.href };
}

/** Tells one state of a file from another; taken before it is read, so that no later change is missed. */
export function stampOf(path: string): string {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch {
    return "absent";
  }
}

function tell(news: HookNews): void {
  data?.port.postMessage(news);
}

function generationOf(url = ""): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  return new URL(url).searchParams.get(GENERATION) ?? undefined;
}

function isOfUser(specifier: string, url: string): boolean {
  if (!url.startsWith("file:") || url.includes("/node_modules/")) return false;
  if (/^(\.|\/|#|file:)/.test(specifier)) return true;
  return data?.roots.some((root) => url.startsWith(root)) === true;
}
