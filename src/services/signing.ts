import { encodePublicKey, type KeyRing, type KeyStore } from "../crypto/mod.ts";
import {
  type GetPublicKeyRequest,
  type GetPublicKeyResponseInit,
  limits,
  signingDefinition,
  type SignRequest,
  type SignResponseInit,
  type SignResultInit,
  type VerifyRequest,
  type VerifyResponseInit,
} from "../api/mod.ts";
import { bidi, type CallContext, implement, RpcError, type Service, unary } from "../grpc/mod.ts";
import { fromCryptoError } from "./crypto_status.ts";
import { keyInfo } from "./key_info.ts";
import { selectAlgorithm, selectFormat, selectInput, selectKey } from "./key_selection.ts";
import { wireAlgorithm } from "./wire_names.ts";

/** SigningService over the keys of a ring. A call ends with the keys that it began with. */
export function signingService(ring: KeyRing): Service {
  return implement(signingDefinition, {
    Sign: unary(
      (request) => sign(keysOf(ring, request), request),
      (request) => workload(ring, request),
    ),
    SignBatch: unary(({ requests }, context) => signBatch(ring, requests, context)),
    SignStream: bidi((requests) => signStream(ring, requests)),
    Verify: unary(
      (request) => verify(keysOf(ring, request), request),
      (request) => workload(ring, request),
    ),
    ListKeys: unary(() => ({ keys: ring.current.list().map(keyInfo) })),
    GetPublicKey: unary((request) => getPublicKey(ring.current, request)),
  });
}

/** The store that was current when a request was read, on the request: it may wait in a queue after. */
const readWith = Symbol("readWith");

type KeyRequest = (SignRequest | VerifyRequest) & { [readWith]?: KeyStore };

/** The keys for a request: those of the time when it was read, unless they are gone. */
function keysOf(ring: KeyRing, { [readWith]: keys }: KeyRequest): KeyStore {
  return keys !== undefined && ring.holds(keys) ? keys : ring.current;
}

function sign(keys: KeyStore, request: SignRequest): SignResponseInit {
  const stored = selectKey(keys, request);
  const algorithm = selectAlgorithm(stored, request.algorithm);
  const format = selectFormat(request.signatureFormat);
  const signature = stored.key.sign(algorithm, selectInput(request), format);
  return { signature, keyId: stored.id, algorithm: wireAlgorithm(algorithm) };
}

/** The signature, or what Sign would have ended with; what is nobody's fault but ours is thrown. */
function signResult(keys: KeyStore, request: SignRequest): SignResultInit {
  try {
    return { response: sign(keys, request) };
  } catch (error) {
    const known = fromCryptoError(error);
    if (!(known instanceof RpcError)) throw error;
    return { error: { code: known.code, message: known.message } };
  }
}

/** The name of the class of requests that take equally long: the type of the key. */
function workload(ring: KeyRing, request: KeyRequest): string {
  const keys = request[readWith] = ring.current;
  return selectKey(keys, request).type;
}

/** Milliseconds that a batch signs at a stretch, before it lets others of its thread have their turn. */
const batchSliceMs = 5;

async function signBatch(
  ring: KeyRing,
  requests: readonly SignRequest[],
  { signal }: CallContext,
): Promise<{ results: SignResultInit[] }> {
  if (requests.length > limits.maxBatchItems) {
    throw new RpcError(
      "INVALID_ARGUMENT",
      `The batch has ${requests.length} requests: at most ${limits.maxBatchItems} are signed at once`,
    );
  }
  using lease = ring.lease();
  const results: SignResultInit[] = [];
  let sliceEnd = performance.now() + batchSliceMs;
  for (const request of requests) {
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve));
      if (signal.aborted) {
        throw new RpcError("CANCELLED", "The caller left before its batch was done");
      }
      sliceEnd = performance.now() + batchSliceMs;
    }
    results.push(signResult(lease.keys, request));
  }
  return { results };
}

async function* signStream(
  ring: KeyRing,
  requests: AsyncIterable<SignRequest>,
): AsyncGenerator<SignResultInit> {
  using lease = ring.lease();
  for await (const request of requests) yield signResult(lease.keys, request);
}

function verify(keys: KeyStore, request: VerifyRequest): VerifyResponseInit {
  const stored = selectKey(keys, request);
  const algorithm = selectAlgorithm(stored, request.algorithm);
  const format = selectFormat(request.signatureFormat);
  const input = selectInput(request);
  if (request.signature.length === 0) {
    throw new RpcError("INVALID_ARGUMENT", "The request has no signature to verify");
  }
  const valid = stored.key.publicKey.verify(algorithm, input, request.signature, format);
  return { valid, keyId: stored.id, algorithm: wireAlgorithm(algorithm) };
}

function getPublicKey(keys: KeyStore, request: GetPublicKeyRequest): GetPublicKeyResponseInit {
  const stored = selectKey(keys, request);
  const { publicKey } = stored.key;
  const key = keyInfo({ ...stored, isDefault: keys.getDefault(stored.type) === stored });
  const text = (format: "pem" | "jwk") =>
    new TextDecoder().decode(encodePublicKey(publicKey, format));
  switch (request.format) {
    case "PUBLIC_KEY_FORMAT_UNSPECIFIED":
    case "PUBLIC_KEY_FORMAT_PEM":
      return { key, pem: text("pem") };
    case "PUBLIC_KEY_FORMAT_DER":
      return { key, der: publicKey.spki };
    case "PUBLIC_KEY_FORMAT_JWK":
      return { key, jwk: text("jwk") };
    default:
      throw new RpcError("INVALID_ARGUMENT", `No public key format is ${request.format}`);
  }
}
