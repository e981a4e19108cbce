/** The signer's services on a server, for tests. @module */
import { service as healthService } from "grpc-health-check";
import {
  DEFAULT_REQUEST_LIMITS,
  echoDefinition as echo,
  pipelineDefinition as pipeline,
  serverInfoDefinition as serverInfo,
  signingDefinition as signing,
} from "../../src/api/mod.ts";
import type { AnyMethod, CallOptions, ClientCall, RpcChannel } from "../../src/grpc/mod.ts";
import { openChannel } from "../../src/grpc/grpcjs/mod.ts";
import { reflectionMethod, reflectionVersions } from "../../src/grpc/reflection/mod.ts";
import { openServer, type Stack } from "../../src/grpc/stacks/mod.ts";
import { type InternalErrorReport, signerServices } from "../../src/services/mod.ts";
import { formatAddress, socketsSupported, tcpAddress } from "../../src/net/mod.ts";
import type { Access } from "../../src/access/mod.ts";
import type { AuditTrail } from "../../src/audit/mod.ts";
import { KeyRing, KeyStore, type KeyType, openProvider } from "../../src/crypto/mod.ts";

// Opened outside of tests: libraries stay loaded, and the sanitizer would report the first test for them.
const { provider } = openProvider("auto");
socketsSupported();

export { KeyStore };

/** The methods of the standard health service, from the official package. */
export const healthMethods = {
  check: healthService.Check as AnyMethod,
  list: healthService.List as AnyMethod,
  watch: healthService.Watch as AnyMethod,
};

/** The method of each version of the standard reflection service. */
export const reflectionMethods = reflectionVersions.map(reflectionMethod);

/** The types of the served keys. RSA-2048 represents the slower sizes too. */
const keyTypes: readonly KeyType[] = ["rsa-2048", "ecdsa-p256", "ecdsa-p384", "ed25519"];

export interface ServedOptions {
  readonly keys?: KeyStore;
  readonly report?: InternalErrorReport;
  readonly access?: Access;
  readonly reflection?: boolean;
  readonly pipelines?: boolean;
  readonly audit?: AuditTrail;
  readonly onSigned?: (keyId: string, algorithm: string) => void;
}

const contract = { echo, pipeline, serverInfo, signing };

/** The signer's services on a server in this process, and a channel to it. */
export class Served implements AsyncDisposable {
  private constructor(
    readonly keys: KeyStore,
    readonly address: string,
    readonly channel: RpcChannel,
    readonly drain: (graceMs: number) => Promise<unknown>,
  ) {}

  static async start(stack: Stack, options: ServedOptions = {}): Promise<Served> {
    const keys = options.keys ?? new KeyStore();
    if (!options.keys) {
      for (const type of keyTypes) keys.add(type, await provider.generate(type));
    }
    const identity = {
      version: "1.2.3",
      stack,
      provider,
      limits: DEFAULT_REQUEST_LIMITS,
      process: { pid: 42, startTicks: 4242 },
    };
    const report = options.report ?? (({ error }) => {
      throw error;
    });
    const served = await signerServices(
      new KeyRing(keys),
      identity,
      report,
      options,
    );
    const server = await openServer(stack, { services: served.services });
    const address = formatAddress(await server.listen(tcpAddress("127.0.0.1:0")));
    const drain = async (graceMs: number) => {
      served.health.drain();
      await server.drain(graceMs);
      served[Symbol.dispose]();
    };
    return new Served(keys, address, openChannel({ addresses: [address] }), drain);
  }

  /** Makes a unary call of the contract, such as `signing.Sign`, and returns its response. */
  async call<O>(method: string, request: object): Promise<O> {
    for await (const response of this.open<O>(method, [request]).responses) return response;
    throw new Error("The call gave no response");
  }

  /** Starts a call of any kind. */
  open<O>(
    method: string,
    requests: Iterable<object> | AsyncIterable<object>,
    options?: CallOptions,
  ): ClientCall<O> {
    const [service, name] = method.split(".") as ["signing", "Sign"];
    const definition = contract[service][name] as AnyMethod;
    return this.channel.call<object, O>(definition, requests, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.channel[Symbol.dispose]();
    await this.drain(0);
    this.keys[Symbol.dispose]();
  }
}
