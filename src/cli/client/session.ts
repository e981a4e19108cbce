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
import { findForeign } from "../foreign_server.ts";
import { callFailure } from "./call_failure.ts";
import { type RequestHeaders, requestHeaders } from "./headers.ts";
import type { ConnectionOptions } from "./options.ts";
import { targetAddresses } from "./targets.ts";
import { CallTrace } from "./trace.ts";

/** How long a unary call may take where `--deadline` does not say. */
const defaultDeadline = 10_000;

/** The calls of one command, over one channel, as the options want them made. */
export class Session implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #addresses: readonly string[];
  readonly #headers: RequestHeaders;
  readonly #channel: RpcChannel;

  private constructor(
    options: ConnectionOptions,
    addresses: readonly string[],
    headers: RequestHeaders,
    channel: RpcChannel,
  ) {
    this.#options = options;
    this.#addresses = addresses;
    this.#headers = headers;
    this.#channel = channel;
  }

  /**
   * Opens the channel that the options ask for. All that is wrong with them is found here, before anything
   * is dialled.
   *
   * @throws {CliError}
   */
  static async open(options: ConnectionOptions): Promise<Session> {
    const headers = requestHeaders(options.header ?? [], (name) => Deno.env.get(name));
    const addresses = targetAddresses(options);
    const { lb, retries, connectTimeout, maxMessageSize, stack = "auto" } = options;
    const channel = await openChannel(await chosenStack(stack), {
      addresses,
      userAgent: `signer/${config.version}`,
      ...(lb === undefined ? {} : { balancing: lb }),
      ...(retries === undefined ? {} : { retries }),
      ...(connectTimeout === undefined ? {} : { connectTimeout }),
      ...(maxMessageSize === undefined ? {} : { maxResponseBytes: maxMessageSize }),
    });
    return new Session(options, addresses, headers, channel);
  }

  /**
   * Makes a call that has one response.
   *
   * @throws {CliError} when it fails
   */
  async unary<I, R, Q, O>(method: MethodDefinition<I, R, Q, O>, request: I): Promise<O> {
    const responses: O[] = [];
    for await (const response of this.call<I, O>(method as AnyMethod, [request])) {
      responses.push(response);
    }
    // The channel sees to it that there is one.
    return responses[0]!;
  }

  /**
   * Makes a call of any kind, and gives its responses as they come.
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
        // The response's headers came before it.
        await trace?.answered(call);
        yield response;
      }
      await trace?.ended(call);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      await trace?.failed(call, error);
      const foreign = await findForeign(error, this.#addresses);
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
  }

  #metadata({ path }: AnyMethod): Metadata {
    const metadata = new Metadata(this.#headers.metadata);
    // Said of signer's own services only: to others it means nothing.
    if (path.startsWith("/signer.") && metadata.get(protocolHeader) === undefined) {
      metadata.set(protocolHeader, protocolVersions[0]);
    }
    return metadata;
  }
}
