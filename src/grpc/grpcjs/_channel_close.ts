import type { ChannelInterface } from "@grpc/grpc-js";
import { nextTick } from "node:process";

/** The part of grpc-js 1.14.7's subchannels that outlives their channel. */
interface Subchannel {
  stopBackoff(): void;
  readonly connector?: { readonly session: { destroy(): void } | null };
}

/**
 * Closes a channel and what grpc-js 1.14.7 leaves behind when it does: the timer of a connection that
 * failed, and a connection to a peer that has not begun to speak HTTP/2. Both are private there, so this
 * reaches in; the tests' sanitizers see to it that it still finds them.
 */
export function closeChannel(channel: ChannelInterface): void {
  const { internalChannel } = channel as unknown as {
    internalChannel?: { subchannelPool?: { pool?: Record<string, { subchannel: Subchannel }[]> } };
  };
  const pooled = Object.values(internalChannel?.subchannelPool?.pool ?? {}).flat();
  channel.close();
  // After the ticks in which grpc-js itself starts a connection, or lets go of one.
  nextTick(() => {
    for (const { subchannel } of pooled) {
      subchannel.stopBackoff();
      subchannel.connector?.session?.destroy();
    }
  });
}
