import type { ChannelOptions as GrpcChannelOptions, ServiceConfig } from "@grpc/grpc-js";
import { type AnyMethod, limits, type ServiceDefinition, signerContract } from "../contract/mod.ts";

/** How calls are spread over the servers of a channel. */
export type BalancingPolicy = "round_robin" | "pick_first";

/** How a channel connects, balances and repeats. Times are in milliseconds. */
export interface ChannelOptions {
  /** Where the servers are, in any form that `parseAddress` of `src/net` reads. */
  readonly addresses: readonly string[];
  /** `round_robin` over several addresses unless said otherwise. */
  readonly balancing?: BalancingPolicy;
  /** How often a call that is safe to repeat is made again after UNAVAILABLE; 0, the default, is never. */
  readonly retries?: number;
  /** How long a call may wait for a connection before it ends as UNAVAILABLE. */
  readonly connectTimeout?: number;
  readonly keepalive?: KeepaliveOptions;
  /** Bytes of one response message; gRPC's own 4 MiB unless said otherwise. */
  readonly maxResponseBytes?: number;
  /** Bytes of one request message; without a limit unless said otherwise: the server has its own. */
  readonly maxRequestBytes?: number;
  /** Led before grpc-js's own name in `user-agent`, such as `signer/0.1.0`. */
  readonly userAgent?: string;
}

/** HTTP/2 pings that tell a dead connection from an idle one. */
export interface KeepaliveOptions {
  /** Between pings. */
  readonly interval: number;
  /** For the answer to a ping. */
  readonly timeout: number;
  /** Also while no call is under way. */
  readonly whenIdle?: boolean;
}

/**
 * The wait before a connection is tried again: short enough for a server that is just starting, and
 * doubled (nearly) each time up to a bound that a restart still notices. grpc-js adds jitter.
 */
const reconnect = { initial: 100, max: 5000 } as const;

/**
 * The waits between attempts of one call (grpc's gRFC A6); grpc-js takes a random part of each. They
 * span a server's restart, not its absence: that is what waiting for a connection is for.
 */
const backoff = { initialBackoff: "0.05s", maxBackoff: "2s", backoffMultiplier: 2 } as const;

/**
 * Room to keep what was sent until it is known that it need not be sent again: one largest request. What
 * is kept counts as sent, so without retries there is no room: a stream then goes at the peer's pace.
 */
const retryBufferBytes = limits.maxRequestBytes + 64 * 1024;

/** The options in grpc-js's names. */
export function toGrpcOptions(options: ChannelOptions): GrpcChannelOptions {
  const { keepalive, retries = 0 } = options;
  return {
    "grpc.service_config": JSON.stringify(serviceConfig(options)),
    "grpc.service_config_disable_resolution": 1,
    "grpc.enable_retries": retries > 0 ? 1 : 0,
    "grpc-node.retry_max_attempts_limit": retries + 1,
    "grpc.per_rpc_retry_buffer_size": retries > 0 ? retryBufferBytes : 0,
    "grpc.initial_reconnect_backoff_ms": reconnect.initial,
    "grpc.max_reconnect_backoff_ms": reconnect.max,
    // A channel has connections of its own, so that closing it closes them.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    // A proxy of the environment is for HTTP to elsewhere, never for the way to a signer.
    "grpc.enable_http_proxy": 0,
    "grpc.max_send_message_length": options.maxRequestBytes ?? -1,
    ...(options.maxResponseBytes === undefined
      ? {}
      : { "grpc.max_receive_message_length": options.maxResponseBytes }),
    ...(options.userAgent === undefined ? {} : { "grpc.primary_user_agent": options.userAgent }),
    ...(keepalive
      ? {
        "grpc.keepalive_time_ms": keepalive.interval,
        "grpc.keepalive_timeout_ms": keepalive.timeout,
        "grpc.keepalive_permit_without_calls": keepalive.whenIdle ? 1 : 0,
      }
      : {}),
  };
}

function serviceConfig({ addresses, balancing, retries = 0 }: ChannelOptions): ServiceConfig {
  const policy = balancing ?? (addresses.length > 1 ? "round_robin" : "pick_first");
  return {
    loadBalancingConfig: [{ [policy]: {} }],
    methodConfig: retries === 0 ? [] : [{
      name: repeatableMethods(),
      retryPolicy: {
        maxAttempts: retries + 1,
        ...backoff,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    }],
  };
}

/**
 * The methods of signer.v1 that may be repeated: those that the contract marks with an
 * `idempotency_level`. Signing is one of them: it changes nothing on the server, and a second signature
 * of the same input is as good as the first, even where the algorithm is randomised. Streams are never
 * repeated: part of their results may have been taken already. Nor is a method that is not ours.
 */
function repeatableMethods(): { service: string; method: string }[] {
  const { echo, signing, serverInfo } = signerContract();
  return [echo, signing, serverInfo]
    .flatMap((definition) => Object.values(definition as unknown as ServiceDefinition))
    .filter(isRepeatable)
    .map(({ path }) => {
      const [, service = "", method = ""] = path.split("/");
      return { service, method };
    });
}

function isRepeatable({ requestStream, options }: AnyMethod): boolean {
  return !requestStream &&
    (options?.idempotency_level ?? unknownIdempotency) !== unknownIdempotency;
}

const unknownIdempotency = "IDEMPOTENCY_UNKNOWN";
