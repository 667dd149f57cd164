/** The one place that knows where the optional package is. */
import type * as jose from "jose";

export type Jose = typeof jose;

/** Loads `jose`, an optional peer. Rejects with what to do where it is not installed. */
export async function loadJose(load: () => Promise<Jose> = () => import("jose")): Promise<Jose> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error("arcp/jwt needs the package jose: npm install jose@6", { cause });
  }
}
