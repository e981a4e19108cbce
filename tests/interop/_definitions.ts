/** The services of gRPC's interop tests. @module */
import { fileURLToPath } from "node:url";
import { loadSync } from "@grpc/proto-loader";
import type { AnyMethod } from "../../src/grpc/mod.ts";

export interface Payload {
  type?: number;
  body: Uint8Array;
}

export interface EchoStatus {
  code: number;
  message: string;
}

export interface BoolValue {
  value: boolean;
}

export interface SimpleRequest {
  responseSize?: number;
  payload?: Payload | null;
  responseStatus?: EchoStatus | null;
  responseCompressed?: BoolValue | null;
  expectCompressed?: BoolValue | null;
}

export interface StreamingInputRequest {
  payload?: Payload | null;
  expectCompressed?: BoolValue | null;
}

export interface StreamingOutputRequest {
  responseParameters?: { size: number; intervalUs?: number; compressed?: BoolValue | null }[];
  payload?: Payload | null;
  responseStatus?: EchoStatus | null;
}

export interface PayloadMessage {
  payload?: Payload | null;
}

type Methods = Readonly<Record<string, AnyMethod>>;

let loaded: Readonly<Record<"TestService" | "UnimplementedService", Methods>> | undefined;

/** Loads the services of gRPC's interop tests at the first use, which needs read permission. */
function services() {
  if (loaded) return loaded;
  const file = fileURLToPath(new URL("proto/test.proto", import.meta.url));
  const definitions = loadSync(file, { defaults: true, longs: Number });
  const service = (name: string) => definitions[`grpc.testing.${name}`] as unknown as Methods;
  return loaded = {
    TestService: service("TestService"),
    UnimplementedService: service("UnimplementedService"),
  };
}

/** The methods of `grpc.testing.TestService`. */
export function testService(): Methods {
  return services().TestService;
}

/** The methods of `grpc.testing.UnimplementedService`. */
export function unimplementedService(): Methods {
  return services().UnimplementedService;
}

/** Returns a payload of zeros. */
export function zeros(size: number): Payload {
  return { body: new Uint8Array(size) };
}
