/** The provider over OpenSSL 3's libcrypto, and the one that signs with AWS-LC beside it. @module */
import {
  type AwsLc,
  type Libcrypto,
  LibcryptoError,
  openLibcrypto,
  type Pkey,
  type PrivatePkey,
} from "../../ffi/mod.ts";
import { algorithmsFor, type KeyType, keyTypes } from "../algorithms/mod.ts";
import { importEncryptedPkcs8, importPkcs8 } from "../_import.ts";
import { sharedElsewhere } from "../_signing.ts";
import type { CryptoErrorCode } from "../errors.ts";
import { readSpki } from "../encoding/mod.ts";
import type { CryptoProvider } from "../provider.ts";
import { mapError, mapErrors } from "./errors.ts";
import { OpensslPrivateKey } from "./private_key.ts";
import { OpensslPublicKey } from "./public_key.ts";
import { keyParametersOf } from "./rows.ts";

/** The algorithms for each key type: libcrypto has all of the table. */
const offered = new Map(
  keyTypes.map(({ name }) => [name, algorithmsFor(name).map((info) => info.name)]),
);
const offeredForDigests = new Map(
  keyTypes.map(({ name }) => [
    name,
    algorithmsFor(name).filter((info) => info.digestBytes).map((info) => info.name),
  ]),
);

/** The libraries of a provider. */
export interface Libraries {
  /** Opens OpenSSL's libcrypto; by default that of `openLibcrypto()`. */
  readonly open?: () => Libcrypto;
  /** Opens AWS-LC, for the provider `aws-lc`. */
  readonly openAwsLc?: (() => AwsLc) | undefined;
}

/**
 * Opens the provider over OpenSSL 3's libcrypto, or with AWS-LC the provider `aws-lc`. A private key is parsed into one
 * library and lives there, in memory that it overwrites before it frees it: into AWS-LC where there is one, else into
 * libcrypto. libcrypto does all else: it generates and decrypts keys, and verifies signatures.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE` when a library cannot be loaded
 */
export function openOpenssl(
  { open = openLibcrypto, openAwsLc }: Libraries = {},
): CryptoProvider {
  const libcrypto = mapErrors("PROVIDER_UNAVAILABLE", "Opening the provider openssl", open);
  const awsLc = openAwsLc &&
    mapErrors("PROVIDER_UNAVAILABLE", "Opening the provider aws-lc", openAwsLc);
  const name = awsLc === undefined ? "openssl" : "aws-lc";
  const holder = awsLc ?? libcrypto;

  const openPublic = (spki: Uint8Array) =>
    mapErrors("BAD_KEY", "Reading the public key", () => libcrypto.readSpki(spki));

  const publicKey = (spki: Uint8Array): OpensslPublicKey => {
    const type = readSpki(spki).info.name;
    return new OpensslPublicKey(type, openPublic(spki), spki.slice(), offered.get(type)!);
  };

  /** A key of this process, which was checked when it was read. */
  const adoptedPublicKey = (spki: Uint8Array): OpensslPublicKey => {
    const type = readSpki(spki).info.name;
    return new OpensslPublicKey(type, () => openPublic(spki), spki, offered.get(type)!);
  };

  const privateKey = (pkey: PrivatePkey, code: CryptoErrorCode): OpensslPrivateKey => {
    try {
      return new OpensslPrivateKey(name, pkey, publicKey(pkey.exportSpki()));
    } catch (error) {
      pkey[Symbol.dispose]();
      throw mapError(code, "Reading the private key", error);
    }
  };

  const load = (pkcs8: Uint8Array): OpensslPrivateKey => {
    const read = () => holder.readPkcs8(pkcs8);
    return privateKey(mapErrors("BAD_KEY", "Reading the private key", read), "BAD_KEY");
  };

  /** Decrypts a key; its encryption has been checked, so that a failure is that of the passphrase. */
  const decrypt = (pkcs8: Uint8Array, passphrase: Uint8Array): Uint8Array | undefined => {
    try {
      return libcrypto.decryptPkcs8(pkcs8, passphrase);
    } catch (error) {
      if (error instanceof LibcryptoError) return undefined;
      throw error;
    }
  };

  /** Moves a key that libcrypto has generated to the library that holds the keys. */
  const moved = (generated: Pkey): PrivatePkey => {
    if (awsLc === undefined) return generated;
    using key = generated;
    const pkcs8 = key.exportPkcs8();
    try {
      return awsLc.readPkcs8(pkcs8);
    } finally {
      pkcs8.fill(0);
    }
  };

  return {
    name,
    version: awsLc === undefined ? libcrypto.version : `${awsLc.version}, ${libcrypto.version}`,
    algorithms: (type) => offered.get(type)!,
    digestAlgorithms: (type) => offeredForDigests.get(type)!,
    async generate(type: KeyType) {
      try {
        const generated = await libcrypto.generate(keyParametersOf(type));
        return privateKey(moved(generated), "PROVIDER_FAILED");
      } catch (error) {
        throw mapError("PROVIDER_FAILED", `Generating a key of type ${type}`, error);
      }
    },
    importPrivateKey: (pkcs8) => importPkcs8(pkcs8, load),
    adoptPrivateKey(shared) {
      if (shared.provider !== name) throw sharedElsewhere(shared);
      const pkey = mapErrors("PROVIDER_FAILED", "Adopting a private key", () => {
        return holder.adopt(shared.token);
      });
      return new OpensslPrivateKey(name, pkey, adoptedPublicKey(shared.spki));
    },
    importEncryptedPrivateKey(pkcs8, passphrase) {
      return importEncryptedPkcs8(pkcs8, () => decrypt(pkcs8, passphrase), load);
    },
    importPublicKey: publicKey,
  };
}
