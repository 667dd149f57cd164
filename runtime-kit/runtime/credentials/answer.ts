import { Limits } from "../../../generated/current/index.js";
import type { Credential, CredentialId } from "../../../generated/current/index.js";
import { isPlain, isToken, kindOf } from "../../wire/options.js";
import type { IssuedCredentials, ProvisionedCredential } from "./provisioner.js";
import { spellings } from "./redact.js";

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
  if (!isPlain(given)) {
    throw wrong(`it must be an object, or undefined for nothing; got ${kindOf(given)}`);
  }
  // An end under a wrong name would be none.
  known("the answer", given, ["credentials", "handle", "rotateAt"]);
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
  checkInstant(rotateAt);
  return { credentials, handle: handleOf(given, credentials), rotateAt: rotateAt?.getTime() };
}

function checkInstant(rotateAt: unknown): void {
  if (rotateAt === undefined) return;
  if (!(rotateAt instanceof Date)) throw wrong(`rotateAt must be a Date; got ${kindOf(rotateAt)}`);
  const ms = rotateAt.getTime();
  if (ms > 0) return;
  const got = Number.isNaN(ms) ? "one that is invalid" : rotateAt.toISOString();
  throw wrong(`rotateAt must be a Date after 1970; got ${got}`);
}

function check(one: ProvisionedCredential, at: number): void {
  const where = `credentials[${at}]`;
  if (typeof one !== "object" || one === null) {
    throw wrong(`${where} must be an object; got ${kindOf(one)}`);
  }
  known(where, one, ["id", "scheme", "value", "endpoint", "profile", "constraints"]);
  const { id, scheme, value, endpoint, profile, constraints } = one;
  const fits = isToken(id) && id !== "" && id.length <= Limits.maxIdLength;
  if (id !== undefined && !fits) {
    throw wrong(
      `${where}: id must be a string of 1 to ${Limits.maxIdLength} characters, none of them control characters`,
    );
  }
  if (!isToken(scheme) || scheme === "") {
    throw wrong(`${where}: scheme must be a string, without control characters`);
  }
  if (!isToken(value) || value.length < SHORTEST_VALUE) {
    throw wrong(
      `${where}: value must be a string of ${SHORTEST_VALUE} characters at least, without control characters`,
    );
  }
  const unfit = unfitAddress(endpoint);
  if (unfit !== undefined) throw wrong(`${where}: endpoint must be ${unfit}`);
  if (profile !== undefined && !isToken(profile)) {
    throw wrong(`${where}: profile must be a string, without control characters`);
  }
  if (constraints !== undefined && (typeof constraints !== "object" || constraints === null)) {
    throw wrong(`${where}: constraints must be an object`);
  }
  const plain = JSON.stringify([id, scheme, endpoint, profile, constraints]);
  if (isIn(plain, value)) {
    throw wrong(`${where}: its value stands in another member too`);
  }
}

/** Where a secret is presented by a client of HTTP or WebSocket; an address of another kind would be opened, or run. */
const SERVED = ["https:", "http:", "wss:", "ws:"];

/** What an endpoint has to be, and is not. */
function unfitAddress(endpoint: unknown): string | undefined {
  if (!isToken(endpoint) || !URL.canParse(endpoint)) return `a URL; got ${kindOf(endpoint)}`;
  const { protocol, username, password } = new URL(endpoint);
  if (!SERVED.includes(protocol)) {
    return `a URL that begins with ${SERVED.map((one) => `${one}//`).join(", ")}; got ${protocol}`;
  }
  // It is shown and stored, as a value is not.
  return username === "" && password === "" ? undefined : "a URL without a user name or a password";
}

/** In whichever spelling: an endpoint may have it percent-encoded. */
function isIn(text: string, value: string): boolean {
  return [...spellings(value)].some((form) => text.includes(form));
}

/** CRED-25: it is stored, so it must not hold what is not. */
function handleOf({ handle }: IssuedCredentials, credentials: readonly Credential[]): unknown {
  if (handle === undefined) return undefined;
  const text = JSON.stringify(handle) as string | undefined;
  if (text === undefined) throw wrong(`handle must be JSON; got ${kindOf(handle)}`);
  if (credentials.some(({ value }) => isIn(text, value))) {
    throw wrong("handle holds the value of a credential, and it is stored");
  }
  return JSON.parse(text) as unknown;
}

/** A slip of the pen would be a rotation that never comes, or a limit that is not told. */
function known(where: string, given: object, names: readonly string[]): void {
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange === undefined) return;
  throw wrong(`${where}: there is no member ${strange}; there are ${names.join(", ")}`);
}

export function wrong(text: string): TypeError {
  return new TypeError(`what the provisioner issued: ${text}`);
}
