import type { Principal } from "./history.js";

/** Whom the process lets in, by these tokens. */
export const TOKENS: Readonly<Record<Principal, string>> = { owner: "owners", spy: "spys" };
