import { lookup } from "node:dns/promises";
import { type Address, formatAddress } from "./address.ts";
import { NetError } from "./errors.ts";
import { parseIp } from "./ip.ts";

/** Addresses tried for one name: enough for a dual-stack cluster, and a bound on a hostile answer. */
export const MAX_RESOLVED_ADDRESSES = 16;

/**
 * The numeric addresses of an address, in the order to try them: getaddrinfo(3)'s, with the families
 * taking turns (RFC 8305 section 4). What has no name to resolve is handed back as it is.
 *
 * @throws {NetError} `NAME_NOT_FOUND`
 */
export async function resolveAddress(address: Address): Promise<[Address, ...Address[]]> {
  if (address.transport !== "tcp" || parseIp(address.host) !== undefined) return [address];
  let found: { address: string; family: number }[];
  try {
    found = await lookup(address.host, { all: true, verbatim: true });
  } catch (cause) {
    throw notFound(address, { cause });
  }
  const first = found[0]?.family;
  const preferred = found.filter(({ family }) => family === first);
  const other = found.filter(({ family }) => family !== first);
  const order = preferred.flatMap((one, i) => i < other.length ? [one, other[i]] : [one])
    .concat(other.slice(preferred.length))
    .slice(0, MAX_RESOLVED_ADDRESSES)
    .map((one) => ({ ...address, host: one.address }));
  const [head, ...rest] = order;
  if (head === undefined) throw notFound(address);
  return [head, ...rest];
}

function notFound(address: Address, options?: ErrorOptions): NetError {
  return new NetError(
    "NAME_NOT_FOUND",
    `Cannot find an address for ${formatAddress(address)}; check the host name and the resolver`,
    options,
  );
}
