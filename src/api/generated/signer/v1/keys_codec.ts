/** Generated from proto/signer/v1/keys.proto by `deno task proto`. @module */
import type { KeyInfo, KeyInfo__Output } from "./KeyInfo.ts";
import type { KeyType__Output } from "./KeyType.ts";
import type { SigningAlgorithm__Output } from "./SigningAlgorithm.ts";
import {
  type Codec,
  codec,
  EnumNames,
  listed,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";

export const keyTypeNames = new EnumNames<KeyType__Output>("signer.v1.KeyType", {
  KEY_TYPE_UNSPECIFIED: 0,
  KEY_TYPE_RSA_2048: 1,
  KEY_TYPE_RSA_3072: 2,
  KEY_TYPE_RSA_4096: 3,
  KEY_TYPE_ECDSA_P256: 4,
  KEY_TYPE_ECDSA_P384: 5,
  KEY_TYPE_ECDSA_P521: 6,
  KEY_TYPE_ED25519: 7,
});

export const signingAlgorithmNames = new EnumNames<SigningAlgorithm__Output>(
  "signer.v1.SigningAlgorithm",
  {
    SIGNING_ALGORITHM_UNSPECIFIED: 0,
    RSASSA_PSS_SHA_256: 1,
    RSASSA_PSS_SHA_384: 2,
    RSASSA_PSS_SHA_512: 3,
    RSASSA_PKCS1_V1_5_SHA_256: 4,
    RSASSA_PKCS1_V1_5_SHA_384: 5,
    RSASSA_PKCS1_V1_5_SHA_512: 6,
    ECDSA_SHA_256: 7,
    ECDSA_SHA_384: 8,
    ECDSA_SHA_512: 9,
    ED25519: 10,
  },
);

/** Writes the fields of a `signer.v1.KeyInfo`, but those that have their default value. */
export function writeKeyInfo(
  message: KeyInfo,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(10, message.keyId);
  }
  const keyType = keyTypeNames.number(message.keyType ?? 0);
  if (keyType !== 0) writer.int32(16, keyType);
  writer.packed(26, listed(message.algorithms).map((each) => signingAlgorithmNames.number(each)));
  const defaultAlgorithm = signingAlgorithmNames.number(message.defaultAlgorithm ?? 0);
  if (defaultAlgorithm !== 0) writer.int32(32, defaultAlgorithm);
  if (
    message.thumbprint !== undefined && message.thumbprint !== null && message.thumbprint !== ""
  ) writer.string(42, message.thumbprint);
  if (
    message.isDefault !== undefined && message.isDefault !== null && message.isDefault !== false
  ) writer.bool(48, message.isDefault);
}

/** Reads the fields of a `signer.v1.KeyInfo`. */
export function readKeyInfo(
  reader: WireReader,
  message: KeyInfo__Output = {
    keyId: "",
    keyType: "KEY_TYPE_UNSPECIFIED",
    algorithms: [],
    defaultAlgorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    thumbprint: "",
    isDefault: false,
  },
): KeyInfo__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keyId = 1
        message.keyId = reader.string();
        break;
      case 16: // keyType = 2
        message.keyType = keyTypeNames.name(reader.int32());
        break;
      case 24: // algorithms = 3
        message.algorithms.push(signingAlgorithmNames.name(reader.int32()));
        break;
      case 26: // algorithms = 3
        reader.packed(message.algorithms, (each) => signingAlgorithmNames.name(each.int32()));
        break;
      case 32: // defaultAlgorithm = 4
        message.defaultAlgorithm = signingAlgorithmNames.name(reader.int32());
        break;
      case 42: // thumbprint = 5
        message.thumbprint = reader.string();
        break;
      case 48: // isDefault = 6
        message.isDefault = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const keyInfoCodec: Codec<KeyInfo, KeyInfo__Output> = codec(
  "signer.v1.KeyInfo",
  writeKeyInfo,
  readKeyInfo,
);
