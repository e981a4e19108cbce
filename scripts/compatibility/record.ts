/** The recording of a release: the calls that its tests play to later versions. @module */
import { createHash } from "node:crypto";
import type { Message } from "@bufbuild/protobuf";
import config from "../../deno.json" with { type: "json" };
import { loadFileDescriptors, protocolHeader, protocolVersions } from "../../src/api/mod.ts";
import { openProvider } from "../../src/crypto/mod.ts";
import { Metadata, RpcError, statusName } from "../../src/grpc/mod.ts";
import { callable } from "../../src/grpc/reflection/mod.ts";
import { KeyStore, Served } from "../../tests/services/_served.ts";
import {
  type JsonMessage,
  methodOf,
  type RecordedCall,
  type Recording,
  requestOf,
  responseJson,
  schemaOf,
} from "./recording.ts";

/** The keys of the recorded server, each with its type as its id. */
const keyTypes = ["rsa-2048", "ecdsa-p256", "ed25519"] as const;

/** Text of the recorded signatures, and its SHA-256. */
const message = btoa("a message\n");
const digest = createHash("sha256").update("a message\n").digest("base64");

/** Serves by the sources of this tree, calls, and returns all that was sent. */
export async function record(): Promise<Recording> {
  const files = (await loadFileDescriptors()).map(({ descriptor }) => descriptor);
  const schema = schemaOf({ files });
  const { provider } = openProvider("openssl");
  const store = new KeyStore();
  const keys: Record<string, string> = {};
  for (const type of keyTypes) {
    const key = await provider.generate(type);
    keys[type] = key.exportPkcs8().toBase64();
    store.add(type, key);
  }
  await using served = await Served.start("native", { keys: store });
  const calls: RecordedCall[] = [];

  /** Makes a call, records it, and returns its first response. */
  async function call(
    name: string,
    requests: readonly JsonMessage[],
    varies?: readonly string[],
  ): Promise<JsonMessage> {
    const method = methodOf(schema, name);
    const messages = requests.map((request) => requestOf(schema, method, request));
    const metadata = new Metadata([[protocolHeader, protocolVersions[0]]]);
    const responses: JsonMessage[] = [];
    let status: string | undefined;
    try {
      const { responses: received } = served.channel.call<Message, Message>(
        callable(method),
        messages,
        { metadata },
      );
      for await (const response of received) responses.push(responseJson(schema, method, response));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      status = statusName(error.code);
    }
    calls.push({
      method: name,
      requests,
      responses,
      ...status && { status },
      ...varies && { varies },
    });
    return responses[0] ?? {};
  }

  const signing = (name: string) => `signer.v1.SigningService.${name}`;
  await call("signer.v1.EchoService.Echo", [{ message: "hello", payload: btoa("\0\x01\x02") }]);
  await call(
    "signer.v1.ServerInfoService.GetServerInfo",
    [{}],
    ["version", "provider", "providerVersion", "stack", "pid", "pidStartTicks"],
  );
  await call(signing("ListKeys"), [{}]);
  for (const format of ["PEM", "DER", "JWK"]) {
    await call(signing("GetPublicKey"), [{
      keyId: "ecdsa-p256",
      format: `PUBLIC_KEY_FORMAT_${format}`,
    }]);
  }
  const signatures: JsonMessage[] = [
    { keyId: "rsa-2048", algorithm: "RSASSA_PKCS1_V1_5_SHA_256", digest },
    { keyId: "rsa-2048", message },
    { keyType: "KEY_TYPE_ECDSA_P256", message },
    { keyId: "ecdsa-p256", digest, signatureFormat: "SIGNATURE_FORMAT_P1363" },
    { keyId: "ed25519", message },
  ];
  for (const [at, request] of signatures.entries()) {
    // RSASSA-PKCS1-v1_5 and Ed25519 make the same signature each time.
    const varies = at === 0 || at === 4 ? undefined : ["signature"];
    const { signature } = await call(signing("Sign"), [request], varies);
    await call(signing("Verify"), [{ ...request, signature }]);
  }
  await call(signing("Verify"), [{ keyId: "ed25519", message, signature: btoa("\0".repeat(64)) }]);
  await call(signing("SignBatch"), [{
    requests: [{ keyId: "ed25519", message }, { keyId: "none", message }],
  }], ["message"]);
  await call(signing("SignStream"), [{ keyId: "ed25519", message }, { keyId: "ed25519", digest }], [
    "message",
  ]);
  await call(signing("Sign"), [{ keyId: "none", message }]);
  await call(signing("Sign"), [{ keyId: "ecdsa-p256", digest: btoa("too short") }]);
  await call("grpc.health.v1.Health.Check", [{ service: "signer.v1.SigningService" }]);
  return { version: config.version, files, keys, calls };
}
