/** A server for tests of loads. @module */
import type { Workload } from "../../src/bench/mod.ts";
import { openProvider } from "../../src/crypto/mod.ts";
import { echoDefinition, signingDefinition } from "../../src/api/mod.ts";
import {
  bidi,
  implement,
  RpcError,
  type RpcServer,
  type Service,
  unary,
} from "../../src/grpc/mod.ts";
import { openServer } from "../../src/grpc/stacks/mod.ts";
import { formatAddress, tcpAddress } from "../../src/net/mod.ts";

/** A server in this process that counts its calls, and returns invalid signatures. */
export class Rig implements AsyncDisposable {
  calls = 0;
  streamed = 0;
  /** The received values of `x-test`. */
  readonly metadata = new Set<unknown>();
  /** The addresses of the clients' connections. */
  readonly peers = new Set<string>();
  #server!: RpcServer;
  #address = "";
  #spki!: Uint8Array;

  static async start(): Promise<Rig> {
    const rig = new Rig();
    using key = await openProvider("auto").provider.generate("ed25519");
    rig.#spki = key.publicKey.spki.slice();
    rig.#server = await openServer("native", { services: rig.#services() });
    rig.#address = formatAddress(await rig.#server.listen(tcpAddress("127.0.0.1:0")));
    return rig;
  }

  get address(): string {
    return this.#address;
  }

  /** Returns a workload of `Sign` of which a share is verified. */
  signing(share: number): Workload {
    const { path, requestSerialize } = signingDefinition.Sign;
    const message = new Uint8Array(32);
    const request = requestSerialize({ keyId: "any", message: Buffer.from(message) });
    const verify = {
      share,
      spki: this.#spki,
      algorithm: "ED25519",
      format: "der",
      message,
    } as const;
    return { kind: "unary", path, request, verify };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }

  #services(): Service[] {
    const [echo, signing] = [echoDefinition, signingDefinition];
    const unused = unary(() => {
      throw new RpcError("UNIMPLEMENTED", "Not of this server");
    });
    return [
      implement(echo, {
        Echo: unary(({ message, payload }, { metadata, peer }) => {
          this.peers.add(peer);
          this.metadata.add(metadata.get("x-test"));
          if (++this.calls % 3 === 0 && message.startsWith("every third")) {
            throw new RpcError("RESOURCE_EXHAUSTED", "The third");
          }
          return { message, payload };
        }),
      }),
      implement(signing, {
        Sign: unary(() => ({ signature: new Uint8Array(64) as Buffer })),
        SignBatch: unused,
        SignStream: bidi(this.#signAll.bind(this)),
        Verify: unused,
        ListKeys: unused,
        GetPublicKey: unused,
      }),
    ];
  }

  async *#signAll(requests: AsyncIterable<unknown>) {
    for await (const _ of requests) {
      this.streamed++;
      yield { response: { signature: new Uint8Array(64) as Buffer } };
    }
  }
}
