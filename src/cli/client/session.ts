/** Calls of a command over one channel. @module */
import config from "../../../deno.json" with { type: "json" };
import { protocolHeader, protocolVersions } from "../../api/mod.ts";
import {
  type AnyMethod,
  type ClientCall,
  Metadata,
  type MethodDefinition,
  methodKind,
  type RpcChannel,
  RpcError,
} from "../../grpc/mod.ts";
import { chosenStack, openChannel } from "../../grpc/stacks/mod.ts";
import type { TlsContext } from "../../net/mod.ts";
import { tracedChannel } from "../../tracing/mod.ts";
import { findForeign } from "../foreign_server.ts";
import { callFailure } from "./call_failure.ts";
import { readHeaders, refuseOpenToken } from "./read_headers.ts";
import type { RequestHeaders } from "./headers.ts";
import { loadTls } from "./load_tls.ts";
import { type ConnectionOptions, wantsTls } from "./options/mod.ts";
import type { ClientTls } from "./tls.ts";
import { targetAddresses } from "./targets.ts";
import { CallTrace } from "./trace.ts";

/** The time limit of a unary call without `--deadline`, in milliseconds. */
const defaultDeadline = 10_000;

/** A channel and the options of a command: makes the command's calls, and reports failed ones. */
export class Session implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #addresses: readonly string[];
  readonly #headers: RequestHeaders;
  readonly #channel: RpcChannel;
  readonly #tls: TlsContext | undefined;

  private constructor(
    options: ConnectionOptions,
    addresses: readonly string[],
    headers: RequestHeaders,
    channel: RpcChannel,
    tls: TlsContext | undefined,
  ) {
    this.#options = options;
    this.#addresses = addresses;
    this.#headers = headers;
    this.#channel = channel;
    this.#tls = tls;
  }

  /**
   * Opens a channel by the options. Wrong options are found here, before the client connects.
   *
   * @param before the parts of the options that were read before: the TLS settings, and the headers
   * @throws {CliError}
   */
  static async open(
    options: ConnectionOptions,
    before: {
      readonly tls?: ClientTls | undefined;
      readonly headers?: RequestHeaders | undefined;
    } = {},
  ): Promise<Session> {
    const { tls } = before;
    const addresses = targetAddresses(options);
    const usesTls = tls !== undefined || wantsTls(options);
    const headers = before.headers ?? await readHeaders(options);
    refuseOpenToken(headers, options, addresses, usesTls);
    const { lb, retries, connectTimeout, maxMessageSize, authority } = options;
    const stack = await chosenStack(options.stack ?? "auto");
    using loaded = tls === undefined ? await loadTls(options) : undefined;
    const context = (tls ?? loaded)?.open();
    const channel = await tracedChannel(
      await openChannel(stack, {
        addresses,
        userAgent: `signer/${config.version}`,
        ...(context === undefined ? {} : { tls: { context } }),
        ...(authority === undefined ? {} : { authority }),
        ...(lb === undefined ? {} : { balancing: lb }),
        ...(retries === undefined ? {} : { retries }),
        ...(connectTimeout === undefined ? {} : { connectTimeout }),
        ...(maxMessageSize === undefined ? {} : { maxResponseBytes: maxMessageSize }),
      }),
    );
    return new Session(options, addresses, headers, channel, context);
  }

  /**
   * Makes a call with one response.
   *
   * @throws {CliError} when it fails
   */
  async unary<I, R, Q, O>(method: MethodDefinition<I, R, Q, O>, request: I): Promise<O> {
    const responses: O[] = [];
    for await (const response of this.call<I, O>(method as AnyMethod, [request])) {
      responses.push(response);
    }
    // The channel fails a unary call without a response.
    return responses[0]!;
  }

  /**
   * Makes a call of any kind and yields its responses as they arrive.
   *
   * @throws {CliError} when it fails
   */
  async *call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
  ): AsyncGenerator<O, undefined> {
    const { deadline, waitReady = false, verbose } = this.#options;
    const limit = deadline ?? (methodKind(method) === "unary" ? defaultDeadline : undefined);
    const metadata = this.#metadata(method);
    const trace = verbose ? new CallTrace(method, metadata, this.#headers.secrets) : undefined;
    const call: ClientCall<O> = this.#channel.call(method, requests, {
      metadata,
      waitForReady: waitReady,
      ...(limit === undefined ? {} : { deadline: Date.now() + limit }),
    });
    try {
      for await (const response of call.responses) {
        // The headers arrived before the first message.
        await trace?.answered(call);
        yield response;
      }
      await trace?.ended(call);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      await trace?.failed(call, error);
      const foreign = this.#tls === undefined
        ? await findForeign(error, this.#addresses)
        : undefined;
      throw callFailure({
        method,
        error,
        waitReady,
        addresses: this.#addresses.join(", "),
        foreign,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#channel[Symbol.dispose]();
    this.#tls?.[Symbol.dispose]();
  }

  #metadata({ path }: AnyMethod): Metadata {
    const metadata = new Metadata(this.#headers.metadata);
    // The header is part of signer's own protocol: other services do not know it.
    if (path.startsWith("/signer.") && metadata.get(protocolHeader) === undefined) {
      metadata.set(protocolHeader, protocolVersions[0]);
    }
    return metadata;
  }
}
