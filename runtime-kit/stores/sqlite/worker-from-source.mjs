/**
 * Starts the store's thread where nothing was built, in this project's tests. It is JavaScript because Node 20 takes no
 * loader for a thread, so that tsx has to be asked from within.
 */
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
