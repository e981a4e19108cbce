/** A native server for tests. @module */
import type { Handler, RpcServer } from "../../../src/grpc/mod.ts";
import { type NativeLimits, openNativeServer } from "../../../src/grpc/native/server/mod.ts";
import type { Limits } from "../../../src/http2/mod.ts";
import { type Address, formatAddress, socketsSupported, tcpAddress } from "../../../src/net/mod.ts";
import { kindsService } from "../_rig.ts";
import { framed } from "../../_support/framed.ts";
import { RawClient, type RawResponse, requestFields } from "./_raw_client.ts";

// Opened outside of tests: libraries stay loaded, and the sanitizer would report the first test for them.
socketsSupported();

/** The handlers of `test.Kinds`, whose messages are JSON. */
// deno-lint-ignore no-explicit-any -- messages differ between tests
export type KindsHandlers = Readonly<Record<string, Handler<any, any>>>;

/** A native server of `test.Kinds` on this thread. */
export class NativeRig implements AsyncDisposable {
  readonly server: RpcServer;
  readonly #bound: Promise<Address>;

  constructor(
    handlers: KindsHandlers,
    limits?: Partial<NativeLimits>,
    service = kindsService(handlers),
  ) {
    this.server = openNativeServer({ services: [service], limits });
    this.#bound = this.server.listen(tcpAddress("127.0.0.1:0"));
  }

  /** Returns its address for channels. */
  async address(): Promise<string> {
    return formatAddress(await this.#bound);
  }

  async connect(limits?: Partial<Limits>): Promise<RawClient> {
    return RawClient.connect(await this.#bound as Extract<Address, { transport: "tcp" }>, limits);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

/** Returns a message of `test.Kinds` with its prefix. */
export function json(value: unknown, compressed?: Uint8Array): Uint8Array {
  if (compressed !== undefined) return framed(compressed, 1);
  return framed(new TextEncoder().encode(JSON.stringify(value)));
}

/** Parses the messages in a response's DATA. */
export function messagesOf({ data }: RawResponse): unknown[] {
  const messages: unknown[] = [];
  for (let at = 0; at < data.length;) {
    const length = new DataView(data.buffer, data.byteOffset).getUint32(at + 1);
    messages.push(JSON.parse(new TextDecoder().decode(data.subarray(at + 5, at + 5 + length))));
    at += 5 + length;
  }
  return messages;
}

/** Returns the status of a call, from its headers or trailers. */
export function statusOf({ headers, trailers }: RawResponse): number {
  return Number(trailers["grpc-status"] ?? headers["grpc-status"] ?? NaN);
}

/** Reports whether the details of a response's status have a google.rpc.RetryInfo. */
export function hasRetryInfo({ headers, trailers }: RawResponse): boolean {
  const name = "grpc-status-details-bin";
  const details = Uint8Array.fromBase64(trailers[name] ?? headers[name] ?? "");
  return new TextDecoder("latin1").decode(details).includes("google.rpc.RetryInfo");
}

/** Returns the fields of a call of a method of `test.Kinds`. */
export function callFields(method: string, ...extra: string[]): string[] {
  return requestFields(`/test.Kinds/${method}`, extra);
}
