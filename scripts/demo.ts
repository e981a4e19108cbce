/**
 * Demonstrates the whole program: starts a server with a new key of every type, signs with every key and every
 * algorithm that fits it, and verifies each signature twice: by the server, and by node:crypto with the public key
 * from the server. Exits 1 if anything fails.
 *
 * @module
 */
import { constants, createPublicKey, type KeyObject, verify, webcrypto } from "node:crypto";
import { type AlgorithmInfo, findAlgorithm, keyTypes } from "../src/crypto/mod.ts";
import {
  echoDefinition as echo,
  type EchoResponseInit,
  type GetPublicKeyResponseInit,
  type KeyInfoInit,
  type ListKeysResponseInit,
  signingDefinition as signing,
  type SignResponseInit,
  type VerifyResponseInit,
} from "../src/api/mod.ts";
import type { AnyMethod, RpcChannel } from "../src/grpc/mod.ts";
import { openChannel } from "../src/grpc/grpcjs/mod.ts";
import { root, serve } from "./serve_process.ts";

const message = new TextEncoder().encode("Signed by a key that never left its machine");

/** Makes a unary call and returns its response. */
async function call<O>(channel: RpcChannel, method: unknown, request: object): Promise<O> {
  const { responses } = channel.call<object, O>(method as AnyMethod, [request]);
  for await (const response of responses) return response;
  throw new Error("The call gave no response");
}

interface Row {
  readonly key: string;
  readonly algorithm: string;
  readonly bytes: number;
  /** Duration of a call: the median of several. */
  readonly micros: number;
  readonly verified: boolean;
}

async function signAndVerify(channel: RpcChannel, key: KeyInfoInit, name: string): Promise<Row> {
  const algorithm = findAlgorithm(name)!;
  const signatureFormat = "SIGNATURE_FORMAT_P1363";
  const request = { keyId: key.keyId, algorithm: name, message, signatureFormat };
  const times: number[] = [];
  let signature = new Uint8Array();
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const signed = await call<SignResponseInit>(channel, signing.Sign, request);
    times.push(performance.now() - start);
    signature = Uint8Array.from(signed.signature as Uint8Array);
  }
  const verdict = await call<VerifyResponseInit>(channel, signing.Verify, {
    ...request,
    signature,
  });
  const { pem } = await call<GetPublicKeyResponseInit>(channel, signing.GetPublicKey, {
    keyId: key.keyId,
  });
  return {
    key: key.keyType!.toString().replace("KEY_TYPE_", "").replaceAll("_", "-").toLowerCase(),
    algorithm: name,
    bytes: signature.length,
    micros: Math.round(times.sort((a, b) => a - b)[2]! * 1000),
    verified: verdict.valid === true && await verifiesHere(pem!, algorithm, signature),
  };
}

/**
 * Verifies with node:crypto, which shares no code with the server's default provider. ECDSA uses WebCrypto, because
 * Deno's `verify()` supports P-521 with SHA-512 only.
 */
function verifiesHere(
  pem: string,
  algorithm: AlgorithmInfo,
  signature: Uint8Array<ArrayBuffer>,
): boolean | Promise<boolean> {
  const { scheme, hash, digestBytes } = algorithm;
  const key = createPublicKey(pem);
  switch (scheme) {
    case "ecdsa":
      return verifiesEcdsa(key, hash!, signature);
    case "rsa-pss": {
      const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: digestBytes! };
      return verify(hash!, message, { key, ...pss }, signature);
    }
    case "rsa-pkcs1":
      return verify(hash!, message, key, signature);
    case "ed25519":
      return verify(null, message, key, signature);
  }
}

async function verifiesEcdsa(
  key: KeyObject,
  hashName: string,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const jwk = key.export({ format: "jwk" });
  const curve = { name: "ECDSA", namedCurve: jwk.crv! };
  const publicKey = await webcrypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]);
  const hash = hashName.replace("sha", "SHA-");
  return await webcrypto.subtle.verify({ name: "ECDSA", hash }, publicKey, signature, message);
}

function print(rows: readonly Row[]): void {
  const cells = rows.map(({ key, algorithm, bytes, micros, verified }) => [
    key,
    algorithm,
    String(bytes),
    String(micros),
    verified ? "yes" : "NO",
  ]);
  const table = [["KEY", "ALGORITHM", "BYTES", "MICROSECONDS", "VERIFIED"], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) {
    console.log(row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
  }
}

const { child, addresses: [address] } = await serve(root, [
  ...["--tcp", "127.0.0.1:0", "--log-level", "warning"],
  ...keyTypes.flatMap(({ name }) => ["--generate", name]),
]);
const rows: Row[] = [];
{
  using channel = openChannel({ addresses: [address] });
  const answer = await call<EchoResponseInit>(channel, echo.Echo, { message: "hello" });
  console.log(`${address} echoes: ${answer.message}\n`);
  const { keys = [] } = await call<ListKeysResponseInit>(channel, signing.ListKeys, {});
  for (const key of keys) {
    for (const algorithm of key.algorithms ?? []) {
      rows.push(await signAndVerify(channel, key, String(algorithm)));
    }
  }
}
print(rows);
child.kill("SIGTERM");
const { code } = await child.status;
const verified = rows.filter((row) => row.verified).length;
console.log(`\n${rows.length} signatures, ${verified} verified twice; the server exited ${code}`);
if (verified < rows.length || rows.length === 0 || code !== 0) Deno.exitCode = 1;
