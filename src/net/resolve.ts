/** Host name resolution. @module */
import { nodeDns } from "../node/mod.ts";
import { type Address, formatAddress } from "./address.ts";
import { NetError } from "./errors.ts";
import { parseIp } from "./ip.ts";

/** 16 addresses of one name: enough for a dual-stack cluster, and a bound on a hostile answer. */
const MAX_RESOLVED_ADDRESSES = 16;

/**
 * Resolves an address to numeric addresses, in the order to try them: that of getaddrinfo(3), with
 * alternating families (RFC 8305 section 4). An address without a host name is returned unchanged.
 *
 * @throws {NetError} `NAME_NOT_FOUND`
 */
export async function resolveAddress(address: Address): Promise<[Address, ...Address[]]> {
  if (address.transport !== "tcp" || parseIp(address.host) !== undefined) return [address];
  let found: { address: string; family: number }[];
  try {
    found = await nodeDns().lookup(address.host, { all: true, verbatim: true });
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
