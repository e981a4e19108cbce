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
import { RpcError } from "../grpc/mod.ts";
import { algorithmOfWire, keyTypeOfWire } from "./wire_names.ts";

/**
 * Selects the key of a request, by its id or by its type.
 *
 * @throws {RpcError} INVALID_ARGUMENT
 * @throws {CryptoError} `NO_SUCH_KEY`
 */
export function selectKey(
  keys: KeyStore,
  request: SignRequest | VerifyRequest | GetPublicKeyRequest,
): StoredKey {
  switch (request.key) {
    case "keyId":
      return keyById(keys, request.keyId);
    case "keyType":
      return defaultKey(keys, request.keyType);
    default:
      throw new RpcError("INVALID_ARGUMENT", "The request names no key: give key_id or key_type");
  }
}

function keyById(keys: KeyStore, id: string): StoredKey {
  if (id === "") throw new RpcError("INVALID_ARGUMENT", "The key_id is empty: give a key's id");
  return keys.get(id);
}

function defaultKey(keys: KeyStore, wireName: string | number): StoredKey {
  const keyType = keyTypeOfWire(wireName);
  if (!keyType) throw new RpcError("INVALID_ARGUMENT", `No key type is ${wireName}`);
  return keys.getDefault(keyType);
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

const formats: Readonly<Record<string, SignatureFormat>> = {
  SIGNATURE_FORMAT_UNSPECIFIED: "der",
  SIGNATURE_FORMAT_DER: "der",
  SIGNATURE_FORMAT_P1363: "p1363",
} satisfies Record<WireFormat, SignatureFormat>;

/** Selects the format of the signature of a request. */
export function selectFormat(wireName: string | number): SignatureFormat {
  const format = formats[wireName];
  if (!format) throw new RpcError("INVALID_ARGUMENT", `No signature format is ${wireName}`);
  return format;
}
