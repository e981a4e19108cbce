/** The test cases over every way to a server, with the channels of every stack. @module */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { service as healthService } from "grpc-health-check";
import { serverInfoDefinition } from "../../src/api/mod.ts";
import { type AnyMethod, type RpcChannel, StatusCode } from "../../src/grpc/mod.ts";
import { reflectionMethod, type ReflectionResponse } from "../../src/grpc/reflection/mod.ts";
import type {
  GetPublicKeyResponse,
  GetServerInfoResponse,
  ListKeysResponse,
  SignBatchResponse,
  SignResponse,
  SignResult,
  VerifyResponse,
} from "../../src/api/mod.ts";
import { call, echo, openSignStream, signing } from "./_signer.ts";
import { Relay } from "./_relay.ts";
import type { Net } from "../net/_transports.ts";

/** The server and the client of a case. */
export interface Scene {
  readonly net: typeof Net;
  /** The stack of the server. */
  readonly stack: string;
  readonly target: string;
  /** Opens a channel of the client, by default to the server. */
  open(address?: string): RpcChannel;
}

const KEY = { keyType: "KEY_TYPE_ED25519" };
const MIB = 1024 * 1024;
const MESSAGE = new TextEncoder().encode("to be signed");
const REQUEST = { ...KEY, message: MESSAGE };

/** The default timeout. An emulated machine is slow. */
const PATIENCE_MS = 60_000;

/** Every case by its name. They share one server with one Ed25519 key. */
export const cases: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "every method of signer.v1 answers": everyMethod,
  "health is told, watched, and reflection lists it": standardServices,
  "a stream of 100 requests is answered in their order": longStream,
  "1 MiB goes there and comes back, four at once": largeMessages,
  "a reset in the middle of a stream ends that stream alone": resetMidStream,
};

async function everyMethod({ stack, open }: Scene): Promise<void> {
  using channel = open();
  const hello = { message: "hello", payload: Buffer.from([0, 255]) };
  assert.deepEqual({ ...await call<object>(channel, echo.Echo, hello) }, hello);
  const info = await call<GetServerInfoResponse>(
    channel,
    serverInfoDefinition.GetServerInfo,
    {},
  );
  assert.deepEqual([info.stack, info.keyTypes], [stack, ["KEY_TYPE_ED25519"]]);
  const { keys } = await call<ListKeysResponse>(channel, signing.ListKeys, {});
  assert.equal(keys?.length, 1);
  const { pem } = await call<GetPublicKeyResponse>(channel, signing.GetPublicKey, KEY);
  const asked = { ...KEY, message: MESSAGE };
  const { signature } = await call<SignResponse>(channel, signing.Sign, asked);
  assert.ok(verify(null, MESSAGE, createPublicKey(pem!), signature as Uint8Array));
  const checked = await call<VerifyResponse>(channel, signing.Verify, { ...asked, signature });
  assert.equal(checked.valid, true);
  const { results } = await call<SignBatchResponse>(channel, signing.SignBatch, {
    requests: [asked, { ...asked, keyType: "KEY_TYPE_RSA_2048" }],
  });
  assert.deepEqual(results?.[0].response?.signature, signature);
  assert.equal(results?.[1].error?.code, StatusCode.NOT_FOUND);
}

async function standardServices({ open }: Scene): Promise<void> {
  using channel = open();
  const service = "signer.v1.SigningService";
  const { status } = await call<{ status: string }>(channel, healthService.Check, { service });
  assert.equal(status, "SERVING");
  const watch = channel.call<object, { status: string }>(healthService.Watch as AnyMethod, [{}]);
  for await (const { status } of watch.responses) {
    assert.equal(status, "SERVING");
    break;
  }
  const question = { listServices: "*" };
  const answer = await call<ReflectionResponse>(channel, reflectionMethod("v1"), question);
  const names = answer.listServicesResponse?.service?.map(({ name }) => name);
  assert.ok(names?.includes(service) && names.includes("grpc.health.v1.Health"), `${names}`);
}

async function longStream({ open }: Scene): Promise<void> {
  using channel = open();
  const requests = Array.from(
    { length: 100 },
    (_, i) => ({ ...KEY, message: Buffer.from(`${i}`) }),
  );
  const pem = (await call<GetPublicKeyResponse>(channel, signing.GetPublicKey, KEY)).pem!;
  const key = createPublicKey(pem);
  let i = 0;
  const stream = channel.call<object, SignResult>(signing.SignStream as AnyMethod, requests);
  for await (const { response } of stream.responses) {
    assert.ok(verify(null, requests[i++].message, key, response?.signature as Uint8Array));
  }
  assert.equal(i, requests.length);
}

async function largeMessages({ open }: Scene): Promise<void> {
  using channel = open();
  const payload = new Uint8Array(MIB).map((_, i) => (i * 31 + (i >> 12)) & 0xff);
  await Promise.all(Array.from({ length: 4 }, async () => {
    const echoed = await call<{ payload: Uint8Array }>(channel, echo.Echo, { payload });
    assert.equal(Buffer.compare(echoed.payload, payload), 0);
  }));
}

/** Opens 200 concurrent connections, each with a successful call. */
export async function manyConnections(open: () => RpcChannel): Promise<void> {
  const channels = Array.from({ length: 200 }, open);
  try {
    const deadline = Date.now() + PATIENCE_MS;
    await Promise.all(channels.map((channel) => channel.connect(deadline)));
    const answers = await Promise.all(
      channels.map((channel, i) =>
        call<{ message: string }>(channel, echo.Echo, { message: `${i}` })
      ),
    );
    assert.deepEqual(answers.map(({ message }) => Number(message)), channels.map((_, i) => i));
  } finally {
    for (const channel of channels) channel[Symbol.dispose]();
  }
}

async function resetMidStream({ net, target, open }: Scene): Promise<void> {
  const between = net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`);
  await using relay = await Relay.open(net, between, net.parseAddress(target));
  using broken = open(relay.address);
  using whole = open();
  const [first, second] = [broken, whole].map((channel) => openSignStream(channel, REQUEST));
  try {
    await first.next();
    await second.next();
    relay.reset();
    await assert.rejects(first.next(), { code: StatusCode.UNAVAILABLE });
  } finally {
    first.end();
    second.end();
  }
  assert.equal((await second.next()).done, true);
}
