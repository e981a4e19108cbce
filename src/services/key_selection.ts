/** The key, algorithm, input and format that a request selects. @module */
import type {
  AlgorithmName,
  KeyStore,
  SignatureFormat,
  SigningInput,
  StoredKey,
} from "../crypto/mod.ts";
import type {
  GetPublicKeyRequest,
  SignatureFormat as WireFormat,
  SignRequest,
  VerifyRequest,
} from "../api/mod.ts";
import type { KeyOperation, Permissions } from "../access/mod.ts";
import { RpcError } from "../grpc/mod.ts";
import { keyDenied, requireKey } from "./access.ts";
import { algorithmOfWire, keyTypeOfWire } from "./wire_names.ts";

/**
 * Selects the key of a request, by its id or by its type, for a caller who may use it. There is no other way from a
 * request to a key.
 *
 * @throws {RpcError} INVALID_ARGUMENT; PERMISSION_DENIED, for a key that does not exist too
 * @throws {CryptoError} `NO_SUCH_KEY`, when the caller may use a key of that id
 */
export function selectKey(
  keys: KeyStore,
  request: SignRequest | VerifyRequest | GetPublicKeyRequest,
  operation: KeyOperation,
  permissions: Permissions,
): StoredKey {
  switch (request.key) {
    case "keyId":
      if (request.keyId === "") {
        throw new RpcError("INVALID_ARGUMENT", "The key_id is empty: give a key's id");
      }
      requireKey(permissions, operation, request.keyId);
      return keys.get(request.keyId);
    case "keyType":
      return defaultKey(keys, request.keyType, operation, permissions);
    default:
      throw new RpcError("INVALID_ARGUMENT", "The request names no key: give key_id or key_type");
  }
}

function defaultKey(
  keys: KeyStore,
  wireName: string | number,
  operation: KeyOperation,
  permissions: Permissions,
): StoredKey {
  const keyType = keyTypeOfWire(wireName);
  if (!keyType) throw new RpcError("INVALID_ARGUMENT", `No key type is ${wireName}`);
  if (permissions.allowsAllKeys(operation)) return keys.getDefault(keyType);
  // One path for a key that does not exist and one that is denied: response times do not distinguish them either.
  const stored = keys.findDefault(keyType);
  if (stored === undefined) throw keyDenied(operation);
  requireKey(permissions, operation, stored.id);
  return stored;
}

/**
 * Ensures that a version of a key signs now.
 *
 * @throws {CryptoError} `NO_SUCH_KEY`
 * @throws {RpcError} FAILED_PRECONDITION
 */
export function requireCurrent(key: StoredKey, version: number): void {
  const { current } = key;
  // A key without a version that signs now is refused later, by the signing itself.
  if (key.get(version) === current || !key.signsNow) return;
  throw new RpcError(
    "FAILED_PRECONDITION",
    `Version ${version} of key ${key.id} does not sign now: version ${current.version} does`,
  );
}

/** Selects the algorithm of a request, by default that of the key. */
export function selectAlgorithm(key: StoredKey, wireName: string | number): AlgorithmName {
  if (wireName === "SIGNING_ALGORITHM_UNSPECIFIED") return key.defaultAlgorithm;
  const algorithm = algorithmOfWire(wireName);
  if (!algorithm) throw new RpcError("INVALID_ARGUMENT", `No signing algorithm is ${wireName}`);
  return algorithm;
}

/** Selects the signed input of a request: a message or a digest. */
export function selectInput(
  request: SignRequest | VerifyRequest,
): SigningInput {
  switch (request.input) {
    case "message":
      return { message: request.message };
    case "digest":
      return { digest: request.digest };
    default:
      throw new RpcError(
        "INVALID_ARGUMENT",
        "The request has nothing to sign: give message or digest",
      );
  }
}

const formats = new Map<string | number, SignatureFormat>(Object.entries(
  {
    SIGNATURE_FORMAT_UNSPECIFIED: "der",
    SIGNATURE_FORMAT_DER: "der",
    SIGNATURE_FORMAT_P1363: "p1363",
  } satisfies Record<WireFormat, SignatureFormat>,
));

/** Selects the format of the signature of a request. */
export function selectFormat(wireName: string | number): SignatureFormat {
  const format = formats.get(wireName);
  if (!format) throw new RpcError("INVALID_ARGUMENT", `No signature format is ${wireName}`);
  return format;
}
