import type { ChannelInterface } from "@grpc/grpc-js";
import { nextTick } from "node:process";

interface Session {
  destroy(): void;
}

/** The part of grpc-js 1.14.7's subchannels that `closeChannel` uses. */
interface Subchannel {
  stopBackoff(): void;
  readonly connector?: { readonly session: Session | null };
  /** The connection, once it is made. */
  readonly transport: { readonly session: Session } | null;
  /** Connects over TLS by itself. */
  readonly secureConnector: { destroy(): void };
}

/**
 * Closes a channel with four resources that grpc-js 1.14.7 leaks: the backoff timer of a failed connection, a
 * connection whose TLS handshake is under way, one whose peer has not sent its SETTINGS, and one with a stream that
 * node:http2 still takes for open, such as of a cancelled call with responses that nobody has read. All are
 * private to grpc-js; the sanitizers of the tests fail if they are no longer found.
 */
export function closeChannel(channel: ChannelInterface): void {
  const { internalChannel } = channel as unknown as {
    internalChannel?: { subchannelPool?: { pool?: Record<string, { subchannel: Subchannel }[]> } };
  };
  const pooled = Object.values(internalChannel?.subchannelPool?.pool ?? {}).flat();
  const sessions = pooled.map(({ subchannel }) => subchannel.transport?.session);
  channel.close();
  // grpc-js opens and releases connections in earlier ticks.
  nextTick(() => {
    for (const session of sessions) session?.destroy();
    for (const { subchannel } of pooled) {
      subchannel.stopBackoff();
      subchannel.secureConnector.destroy();
      subchannel.connector?.session?.destroy();
    }
  });
}
