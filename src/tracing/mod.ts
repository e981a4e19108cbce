/**
 * Traces: a span for each call, on the server and the client, by the OpenTelemetry of Deno. It exports them as the
 * standard variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, …). Nothing is loaded unless `OTEL_DENO` turns it on.
 *
 * @module
 */
import type { CallObserver, RpcChannel } from "../grpc/mod.ts";

/** Returns true if Deno records and exports spans (https://docs.deno.com/runtime/fundamentals/open_telemetry/). */
function tracingIsOn(): boolean {
  return /^(true|1)$/i.test(Deno.env.get("OTEL_DENO") ?? "");
}

/** Returns the observer that makes a span of each call of a server; undefined while tracing is off. */
export async function openServerTraces(): Promise<CallObserver | undefined> {
  if (!tracingIsOn()) return undefined;
  const { ServerTraces } = await import("./server_traces.ts");
  return new ServerTraces();
}

/** Returns a channel that makes a span of each call, or the channel itself while tracing is off. */
export async function tracedChannel(channel: RpcChannel): Promise<RpcChannel> {
  if (!tracingIsOn()) return channel;
  const { TracedChannel } = await import("./traced_channel.ts");
  return new TracedChannel(channel, Deno.env.get("TRACEPARENT"));
}
