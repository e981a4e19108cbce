import type { ChannelOptions } from "../../grpc/mod.ts";
import type { TlsContext } from "../../net/mod.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * Returns the options of a load's channels.
 *
 * @param tls the context of this thread; undefined for plaintext
 */
export function channelOptionsOf(
  { addresses, balancing, authority, userAgent }: LoadPlan,
  tls: TlsContext | undefined,
): ChannelOptions {
  return {
    addresses,
    userAgent,
    ...(balancing === undefined ? {} : { balancing }),
    ...(authority === undefined ? {} : { authority }),
    ...(tls === undefined ? {} : { tls: { context: tls } }),
  };
}
