/**
 * Compares two texts of equal length in time that does not depend on where they differ. Meant for
 * hashes in hexadecimal, whose length is no secret. §14
 */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
