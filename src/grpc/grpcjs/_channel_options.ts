/** Channel options in the form of grpc-js. @module */
import type { ChannelOptions as GrpcChannelOptions, ServiceConfig } from "@grpc/grpc-js";
import { echoDefinition, serverInfoDefinition, signingDefinition } from "../../api/mod.ts";
import {
  type AnyMethod,
  type ChannelOptions,
  DEFAULT_SERVER_LIMITS,
  defaultReconnect,
  isRepeatable,
  repeatBackoff,
} from "../mod.ts";

/**
 * Size of the retry buffer of a call: one request of the largest size. Buffered messages count as written, so calls
 * without retries have no buffer and get back-pressure.
 */
const RETRY_BUFFER_BYTES = DEFAULT_SERVER_LIMITS.maxRequestBytes + 64 * 1024;

/** Converts channel options to grpc-js's. */
export function toGrpcOptions(options: ChannelOptions): GrpcChannelOptions {
  const { retries = 0 } = options;
  const reconnect = { ...defaultReconnect, ...options.reconnect };
  return {
    "grpc.service_config": JSON.stringify(serviceConfig(options)),
    "grpc.service_config_disable_resolution": 1,
    "grpc.enable_retries": retries > 0 ? 1 : 0,
    "grpc-node.retry_max_attempts_limit": retries + 1,
    "grpc.per_rpc_retry_buffer_size": retries > 0 ? RETRY_BUFFER_BYTES : 0,
    "grpc.initial_reconnect_backoff_ms": reconnect.initial,
    "grpc.max_reconnect_backoff_ms": reconnect.max,
    // Connections are not shared between channels: closing a channel closes its connections.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    // Ignores http_proxy and grpc_proxy: a signer is not reached by a web proxy.
    "grpc.enable_http_proxy": 0,
    "grpc.max_send_message_length": -1,
    ...(options.maxResponseBytes === undefined
      ? {}
      : { "grpc.max_receive_message_length": options.maxResponseBytes }),
    ...(options.authority === undefined ? {} : { "grpc.default_authority": options.authority }),
    ...(options.userAgent === undefined ? {} : { "grpc.primary_user_agent": options.userAgent }),
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
        initialBackoff: `${repeatBackoff.initial / 1000}s`,
        maxBackoff: `${repeatBackoff.max / 1000}s`,
        backoffMultiplier: repeatBackoff.multiplier,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    }],
  };
}

/** The methods of signer.v1 that are safe to retry. Other services' methods are never retried. */
function repeatableMethods(): { service: string; method: string }[] {
  return [echoDefinition, signingDefinition, serverInfoDefinition]
    .flatMap((definition) => Object.values<AnyMethod>(definition))
    .filter(isRepeatable)
    .map(({ path }) => {
      const [, service = "", method = ""] = path.split("/");
      return { service, method };
    });
}
