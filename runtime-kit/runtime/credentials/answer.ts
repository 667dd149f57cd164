import { Limits } from "../../../generated/current/index.js";
import type { Credential, CredentialId } from "../../../generated/current/index.js";
import { isToken, kindOf } from "../../wire/options.js";
import type { IssuedCredentials, ProvisionedCredential } from "./provisioner.js";
import { inJson } from "./redact.js";

/** What was issued, held to what the runtime can hand out. */
export interface Answer {
  readonly credentials: readonly Credential[];
  readonly handle: unknown;
  /** By the wall clock, in milliseconds since the epoch. */
  readonly rotateAt: number | undefined;
}

/** Shorter, and it would be found by chance in what agents say; no key is. */
export const SHORTEST_VALUE = 8;
/** All of a job's credentials, in characters of JSON: they stand in rows of lists, and frames of pipes are small. */
const MOST_CHARACTERS = 16 * 1024;

/**
 * Takes what a provisioner gave. Throws a `TypeError` that says what is wrong with it, and tells no value.
 *
 * @param replaced the ids of the credentials that these take the place of
 * @param inUse whether a value is that of another job (CRED-07)
 */
export function checkAnswer(
  given: IssuedCredentials,
  replaced: readonly string[] | undefined,
  newId: () => CredentialId,
  inUse: (value: string) => boolean,
): Answer {
  const list: unknown = given.credentials;
  if (!Array.isArray(list) || list.length === 0) {
    throw wrong(`credentials must be an array that is not empty; got ${kindOf(list)}`);
  }
  if (replaced !== undefined && replaced.length !== list.length) {
    throw wrong(`${list.length} credentials cannot take the place of ${replaced.length}`);
  }
  const credentials = (list as ProvisionedCredential[]).map((one, at): Credential => {
    check(one, at);
    if (inUse(one.value)) throw wrong(`credentials[${at}]: its value is in use already`);
    const { id = replaced?.[at] ?? newId(), scheme, value, endpoint, profile, constraints } = one;
    return {
      ...{ id: id as CredentialId, scheme, value, endpoint },
      ...(profile === undefined ? {} : { profile }),
      ...(constraints === undefined ? {} : { constraints }),
    };
  });
  const ids = new Set<string>(credentials.map(({ id }) => id));
  if (ids.size < credentials.length) throw wrong("two credentials have the same id");
  const foreign = replaced?.find((id) => !ids.has(id));
  if (foreign !== undefined) throw wrong(`nothing takes the place of the credential ${foreign}`);
  const size = JSON.stringify(credentials).length;
  if (size > MOST_CHARACTERS) {
    throw wrong(`the credentials take ${size} characters of JSON; at most ${MOST_CHARACTERS}`);
  }
  const { rotateAt } = given;
  if (rotateAt !== undefined && !(rotateAt instanceof Date && rotateAt.getTime() > 0)) {
    throw wrong(`rotateAt must be a Date; got ${kindOf(rotateAt)}`);
  }
  return { credentials, handle: handleOf(given, credentials), rotateAt: rotateAt?.getTime() };
}

function check(one: ProvisionedCredential, at: number): void {
  const where = `credentials[${at}]`;
  if (typeof one !== "object" || one === null) {
    throw wrong(`${where} must be an object; got ${kindOf(one)}`);
  }
  const { id, scheme, value, endpoint, profile, constraints } = one;
  const fits = typeof id === "string" && id !== "" && id.length <= Limits.maxIdLength;
  if (id !== undefined && !fits) {
    throw wrong(`${where}: id must be a string of 1 to ${Limits.maxIdLength} characters`);
  }
  if (typeof scheme !== "string" || scheme === "") throw wrong(`${where}: scheme must be a string`);
  if (!isToken(value) || value.length < SHORTEST_VALUE) {
    throw wrong(
      `${where}: value must be a string of ${SHORTEST_VALUE} characters at least, without control characters`,
    );
  }
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw wrong(`${where}: endpoint must be a URL; got ${kindOf(endpoint)}`);
  }
  if (profile !== undefined && typeof profile !== "string") {
    throw wrong(`${where}: profile must be a string`);
  }
  if (constraints !== undefined && (typeof constraints !== "object" || constraints === null)) {
    throw wrong(`${where}: constraints must be an object`);
  }
  const plain = JSON.stringify([id, scheme, endpoint, profile, constraints]);
  if (plain.includes(inJson(value))) {
    throw wrong(`${where}: its value stands in another member too`);
  }
}

/** CRED-25: it is stored, so it must not hold what is not. */
function handleOf({ handle }: IssuedCredentials, credentials: readonly Credential[]): unknown {
  if (handle === undefined) return undefined;
  const text = JSON.stringify(handle) as string | undefined;
  if (text === undefined) throw wrong(`handle must be JSON; got ${kindOf(handle)}`);
  if (credentials.some(({ value }) => text.includes(inJson(value)))) {
    throw wrong("handle holds the value of a credential, and it is stored");
  }
  return JSON.parse(text) as unknown;
}

function wrong(text: string): TypeError {
  return new TypeError(`what the provisioner issued: ${text}`);
}
