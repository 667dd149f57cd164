/**
 * Which addresses are the runtime's own network, and a name's addresses without them. Whoever owns a name
 * decides where it leads, so the answer that was judged is the one to connect to. §14.2, SEC-39, SEC-40
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP, isIPv4, type LookupFunction } from "node:net";

/** How names become addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The system's way, hosts file included. */
export const resolveBySystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** The error of a host that leads to an internal address; which one is nobody's business. */
export class InternalAddress extends Error {
  override readonly name = "InternalAddress";
}

/** Everything of IPv4 that is not somebody's public address (RFC 6890 and its registry). */
const INTERNAL_V4 = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  INTERNAL_V4.addSubnet(net, bits, "ipv4");
}

/** Public IPv6 is `2000::/3`, but for what is carried over IPv4 or belongs to documentation. */
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet("2000::", 3, "ipv6");
const INTERNAL_V6 = new BlockList();
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  INTERNAL_V6.addSubnet(net, bits, "ipv6");
}

/** Whether an address is loopback, private, link-local, or otherwise not a public one. */
export function isInternal(address: string): boolean {
  if (isIPv4(address)) return INTERNAL_V4.check(address, "ipv4");
  if (isIP(address) === 0) return true;
  const carried = carriedV4(address);
  if (carried !== undefined) return isInternal(carried);
  return !GLOBAL_V6.check(address, "ipv6") || INTERNAL_V6.check(address, "ipv6");
}

/** The IPv4 address within one that is mapped (`::ffff:0:0/96`) or translated (`64:ff9b::/96`). */
function carriedV4(address: string): string | undefined {
  if (address.includes("%")) return undefined;
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[(?:::ffff|64:ff9b:):([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join(".");
}

/**
 * The addresses of a URL's host, once and for all of one request.
 *
 * @param host a name, or an address with or without brackets
 * @throws InternalAddress where one of them is internal and `open` is not set
 */
export async function addressesOf(
  host: string,
  open: boolean,
  resolve: Resolve,
): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, "");
  const addresses = isIP(bare) === 0 ? await resolve(bare) : [bare];
  // One internal address among public ones is no accident, and nobody says which is tried first.
  if (!open && addresses.some(isInternal)) throw new InternalAddress();
  return addresses;
}

/** The answer to a connection's question for addresses that are known. */
export function pinned(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (host, options, callback) => {
    const fitting = known.filter(({ family }) => !options.family || options.family === family);
    const [first] = fitting;
    if (first === undefined) {
      callback(Object.assign(new Error(`no address of ${host}`), { code: "ENOTFOUND" }), "", 0);
    } else if (options.all === true) callback(null, fitting);
    else callback(null, first.address, first.family);
  };
}
