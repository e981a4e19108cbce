/** Generated from proto/signer/v1/keys.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  EnumNames,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";

export type KeyType =
  | "KEY_TYPE_UNSPECIFIED"
  | "KEY_TYPE_RSA_2048"
  | "KEY_TYPE_RSA_3072"
  | "KEY_TYPE_RSA_4096"
  | "KEY_TYPE_ECDSA_P256"
  | "KEY_TYPE_ECDSA_P384"
  | "KEY_TYPE_ECDSA_P521"
  | "KEY_TYPE_ED25519";

/** The names and numbers of `signer.v1.KeyType`. */
export const keyTypeNames = new EnumNames<KeyType>("signer.v1.KeyType", {
  KEY_TYPE_UNSPECIFIED: 0,
  KEY_TYPE_RSA_2048: 1,
  KEY_TYPE_RSA_3072: 2,
  KEY_TYPE_RSA_4096: 3,
  KEY_TYPE_ECDSA_P256: 4,
  KEY_TYPE_ECDSA_P384: 5,
  KEY_TYPE_ECDSA_P521: 6,
  KEY_TYPE_ED25519: 7,
});

/** The names are those of AWS KMS's SigningAlgorithmSpec, plus ED25519. */
export type SigningAlgorithm =
  | "SIGNING_ALGORITHM_UNSPECIFIED"
  | "RSASSA_PSS_SHA_256"
  | "RSASSA_PSS_SHA_384"
  | "RSASSA_PSS_SHA_512"
  | "RSASSA_PKCS1_V1_5_SHA_256"
  | "RSASSA_PKCS1_V1_5_SHA_384"
  | "RSASSA_PKCS1_V1_5_SHA_512"
  | "ECDSA_SHA_256"
  | "ECDSA_SHA_384"
  | "ECDSA_SHA_512"
  | "ED25519";

/** The names and numbers of `signer.v1.SigningAlgorithm`. */
export const signingAlgorithmNames = new EnumNames<SigningAlgorithm>("signer.v1.SigningAlgorithm", {
  SIGNING_ALGORITHM_UNSPECIFIED: 0,
  /** RSASSA-PSS (RFC 8017 section 8.1), MGF1 over the same hash, a salt as long as the hash. */
  RSASSA_PSS_SHA_256: 1,
  RSASSA_PSS_SHA_384: 2,
  RSASSA_PSS_SHA_512: 3,
  /** RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2). */
  RSASSA_PKCS1_V1_5_SHA_256: 4,
  RSASSA_PKCS1_V1_5_SHA_384: 5,
  RSASSA_PKCS1_V1_5_SHA_512: 6,
  /** ECDSA (FIPS 186-5 section 6). */
  ECDSA_SHA_256: 7,
  ECDSA_SHA_384: 8,
  ECDSA_SHA_512: 9,
  /** Pure Ed25519 (RFC 8032 section 5.1): signs messages, not digests. */
  ED25519: 10,
});

/** A `signer.v1.KeyInfo` to write: fields may be left out. */
export interface KeyInfoInit {
  /** Chosen by the key's owner, or else the thumbprint. */
  readonly keyId?: string | undefined;
  readonly keyType?: KeyType | number | undefined;
  /** The algorithms for which the server signs with this key, in its order of preference. */
  readonly algorithms?: readonly (SigningAlgorithm | number)[] | undefined;
  /** The algorithm of requests that name none. */
  readonly defaultAlgorithm?: SigningAlgorithm | number | undefined;
  /**
   * Base64url of the SHA-256 JWK thumbprint (RFC 7638; RFC 8037 section 2 for Ed25519) of the version that
   * signs now, or of the newest version when none does.
   */
  readonly thumbprint?: string | undefined;
  /** True when requests that name only this key's type are signed with this key. */
  readonly isDefault?: boolean | undefined;
  /** The key pairs and public keys of this id, the newest first. All are of one type. */
  readonly versions?: readonly KeyVersionInit[] | undefined;
}

/** A key of the server, without secrets. */
export interface KeyInfo {
  /** Chosen by the key's owner, or else the thumbprint. */
  keyId: string;
  keyType: KeyType | number;
  /** The algorithms for which the server signs with this key, in its order of preference. */
  algorithms: (SigningAlgorithm | number)[];
  /** The algorithm of requests that name none. */
  defaultAlgorithm: SigningAlgorithm | number;
  /**
   * Base64url of the SHA-256 JWK thumbprint (RFC 7638; RFC 8037 section 2 for Ed25519) of the version that
   * signs now, or of the newest version when none does.
   */
  thumbprint: string;
  /** True when requests that name only this key's type are signed with this key. */
  isDefault: boolean;
  /** The key pairs and public keys of this id, the newest first. All are of one type. */
  versions: KeyVersion[];
}

/** Writes the fields of a `signer.v1.KeyInfo` that do not have their default value. */
function writeKeyInfo(
  message: KeyInfoInit,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(10, message.keyId);
  }
  const keyType = writer.number(16, message.keyType ?? 0, keyTypeNames);
  if (keyType !== 0) writer.int32(16, keyType);
  writer.packedEnum(26, writer.list(26, message.algorithms), signingAlgorithmNames);
  const defaultAlgorithm = writer.number(32, message.defaultAlgorithm ?? 0, signingAlgorithmNames);
  if (defaultAlgorithm !== 0) writer.int32(32, defaultAlgorithm);
  if (
    message.thumbprint !== undefined && message.thumbprint !== null && message.thumbprint !== ""
  ) writer.string(42, message.thumbprint);
  if (
    message.isDefault !== undefined && message.isDefault !== null && message.isDefault !== false
  ) writer.bool(48, message.isDefault);
  for (const each of writer.list(58, message.versions)) {
    writer.message(58, each, keyVersionCodec);
  }
}

/** Reads the fields of a `signer.v1.KeyInfo`. */
function readKeyInfo(
  reader: WireReader,
  message: KeyInfo = {
    keyId: "",
    keyType: "KEY_TYPE_UNSPECIFIED",
    algorithms: [],
    defaultAlgorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    thumbprint: "",
    isDefault: false,
    versions: [],
  },
): KeyInfo {
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
      case 58: // versions = 7
        message.versions.push(reader.message(keyVersionCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const keyInfoCodec: Codec<KeyInfoInit, KeyInfo> = codec(
  "signer.v1.KeyInfo",
  {
    1: "keyId",
    2: "keyType",
    3: "algorithms",
    4: "defaultAlgorithm",
    5: "thumbprint",
    6: "isDefault",
    7: "versions",
  },
  writeKeyInfo,
  readKeyInfo,
);

/** A `signer.v1.KeyVersion` to write: fields may be left out. */
export interface KeyVersionInit {
  /** 1 or more, higher for newer versions. */
  readonly version?: number | undefined;
  /** As in KeyInfo, of this version. */
  readonly thumbprint?: string | undefined;
  /** False for a public key alone, which only verifies. */
  readonly hasPrivateKey?: boolean | undefined;
  /** The period of use, in seconds since 1970 (UTC). 0 for an open end. */
  readonly notBefore?: number | undefined;
  /** The first second in which the version signs no more. */
  readonly signUntil?: number | undefined;
  /** The first second in which the version verifies no more. */
  readonly verifyUntil?: number | undefined;
}

/** A version of a key. The newest one that may sign makes the signatures. */
export interface KeyVersion {
  /** 1 or more, higher for newer versions. */
  version: number;
  /** As in KeyInfo, of this version. */
  thumbprint: string;
  /** False for a public key alone, which only verifies. */
  hasPrivateKey: boolean;
  /** The period of use, in seconds since 1970 (UTC). 0 for an open end. */
  notBefore: number;
  /** The first second in which the version signs no more. */
  signUntil: number;
  /** The first second in which the version verifies no more. */
  verifyUntil: number;
}

/** Writes the fields of a `signer.v1.KeyVersion` that do not have their default value. */
function writeKeyVersion(
  message: KeyVersionInit,
  writer: WireWriter,
): void {
  if (message.version !== undefined && message.version !== null && message.version !== 0) {
    writer.int32(8, message.version);
  }
  if (
    message.thumbprint !== undefined && message.thumbprint !== null && message.thumbprint !== ""
  ) writer.string(18, message.thumbprint);
  if (
    message.hasPrivateKey !== undefined && message.hasPrivateKey !== null &&
    message.hasPrivateKey !== false
  ) writer.bool(24, message.hasPrivateKey);
  if (message.notBefore !== undefined && message.notBefore !== null && message.notBefore !== 0) {
    writer.int64(32, message.notBefore);
  }
  if (message.signUntil !== undefined && message.signUntil !== null && message.signUntil !== 0) {
    writer.int64(40, message.signUntil);
  }
  if (
    message.verifyUntil !== undefined && message.verifyUntil !== null && message.verifyUntil !== 0
  ) writer.int64(48, message.verifyUntil);
}

/** Reads the fields of a `signer.v1.KeyVersion`. */
function readKeyVersion(
  reader: WireReader,
  message: KeyVersion = {
    version: 0,
    thumbprint: "",
    hasPrivateKey: false,
    notBefore: 0,
    signUntil: 0,
    verifyUntil: 0,
  },
): KeyVersion {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // version = 1
        message.version = reader.int32();
        break;
      case 18: // thumbprint = 2
        message.thumbprint = reader.string();
        break;
      case 24: // hasPrivateKey = 3
        message.hasPrivateKey = reader.bool();
        break;
      case 32: // notBefore = 4
        message.notBefore = reader.int64();
        break;
      case 40: // signUntil = 5
        message.signUntil = reader.int64();
        break;
      case 48: // verifyUntil = 6
        message.verifyUntil = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const keyVersionCodec: Codec<KeyVersionInit, KeyVersion> = codec(
  "signer.v1.KeyVersion",
  {
    1: "version",
    2: "thumbprint",
    3: "hasPrivateKey",
    4: "notBefore",
    5: "signUntil",
    6: "verifyUntil",
  },
  writeKeyVersion,
  readKeyVersion,
);
