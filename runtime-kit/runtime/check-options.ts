import {
  aFunction,
  aNumber,
  aString,
  anArray,
  anObject,
  checkOptions,
  featureNames,
  isPlain,
} from "../wire/options.js";
import type { Checks } from "../wire/options.js";
import type { Runtime, RuntimeOptions } from "./create.js";
import type { Policy } from "./policy.js";

const RUNTIME: Checks<RuntimeOptions> = {
  agents: anArray,
  auth: ["a function of a token, such as bearer makes", aFunction[1]],
  store: anObject,
  limits: anObject,
  logger: anObject,
  name: aString,
  version: aString,
  features: featureNames,
  cancelAuthority: [
    '"session" or "principal"',
    (value) => value === "session" || value === "principal",
  ],
  policy: anObject,
  credentials: [
    "an object with the functions issue and revoke",
    (value) => isPlain(value) && [value["issue"], value["revoke"]].every(aFunction[1]),
  ],
  namespaces: anObject,
  models: anObject,
  realPaths: anObject,
  clock: anObject,
  entropy: aFunction,
};

/** A hook that is misspelt would never be asked. */
const POLICY: Checks<Policy> = { lease: aFunction, observe: aFunction };

const MODELS: Checks<NonNullable<RuntimeOptions["models"]>> = { registered: anArray };

/** Throws a `TypeError` for options of `createRuntime` that are none, or have another shape. */
export function checkRuntime(options: RuntimeOptions): void {
  checkOptions("createRuntime", options, RUNTIME);
  const { policy = {}, models } = options;
  checkOptions("createRuntime: policy", policy, POLICY);
  if (models !== undefined) checkOptions("createRuntime: models", models, MODELS);
}

const CLOSE: Checks<NonNullable<Parameters<Runtime["close"]>[0]>> = { drainMs: aNumber };

/** The same for options of `runtime.close`. */
export function checkClose(options: unknown): void {
  checkOptions("close", options, CLOSE);
}
