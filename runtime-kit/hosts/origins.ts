/** Scheme, host and port; anything after them is no part of an origin. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/\\?#@*]+\/?$/i;

/**
 * An origin as browsers send it, in lower case and without a default port: `https://app.example.com`. A slash at
 * its end is dropped. Nothing for what no browser sends: a path, a bare host, `*`, `null`.
 */
export function originOf(text: string): string | undefined {
  if (!ORIGIN.test(text) || !URL.canParse(text)) return undefined;
  const { origin, protocol, host } = new URL(text);
  // Schemes that are not the web's, as of a browser's extensions, have an origin by this rule alone.
  if (origin === "null") return host === "" ? undefined : `${protocol}//${host}`.toLowerCase();
  return origin;
}

/** What an origin must look like, for whoever gave another. */
export const ORIGIN_FORM =
  "an origin as browsers send it: scheme://host or scheme://host:port, without a path; each must be named, * is none";

/** The option `allowedOrigins`, each as browsers send it. Throws a `TypeError` that names what is none. */
export function originsOf(given: readonly string[] = []): readonly string[] {
  if (!Array.isArray(given)) {
    throw new TypeError(
      'allowedOrigins must be an array of origins, such as ["https://example.com"]',
    );
  }
  return given.map((entry: unknown) => {
    const origin = typeof entry === "string" ? originOf(entry) : undefined;
    if (origin !== undefined) return origin;
    throw new TypeError(`allowedOrigins: ${String(JSON.stringify(entry))} is not ${ORIGIN_FORM}`);
  });
}
