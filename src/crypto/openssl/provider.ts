/** The provider over OpenSSL 3's libcrypto. @module */
import { type Libcrypto, LibcryptoError, openLibcrypto, type Pkey } from "../../ffi/mod.ts";
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

/**
 * The provider over OpenSSL 3's libcrypto. A private key is parsed into libcrypto and lives there, in
 * memory that it overwrites before it frees it.
 *
 * @param open opens the library
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE` when there is no libcrypto 3
 */
export function openOpenssl(open: () => Libcrypto = openLibcrypto): CryptoProvider {
  const libcrypto = mapErrors("PROVIDER_UNAVAILABLE", "Opening the provider openssl", open);

  const publicKey = (spki: Uint8Array): OpensslPublicKey => {
    const type = readSpki(spki).info.name;
    const pkey = mapErrors("BAD_KEY", "Reading the public key", () => libcrypto.readSpki(spki));
    return new OpensslPublicKey(type, pkey, spki.slice(), offered.get(type)!);
  };

  const privateKey = (pkey: Pkey, code: CryptoErrorCode): OpensslPrivateKey => {
    try {
      return new OpensslPrivateKey(pkey, publicKey(pkey.exportSpki()));
    } catch (error) {
      pkey[Symbol.dispose]();
      throw mapError(code, "Reading the private key", error);
    }
  };

  const load = (pkcs8: Uint8Array): OpensslPrivateKey => {
    const read = () => libcrypto.readPkcs8(pkcs8);
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

  return {
    name: "openssl",
    version: libcrypto.version,
    algorithms: (type) => offered.get(type)!,
    digestAlgorithms: (type) => offeredForDigests.get(type)!,
    async generate(type: KeyType) {
      try {
        return privateKey(await libcrypto.generate(keyParametersOf(type)), "PROVIDER_FAILED");
      } catch (error) {
        throw mapError("PROVIDER_FAILED", `Generating a key of type ${type}`, error);
      }
    },
    importPrivateKey: (pkcs8) => importPkcs8(pkcs8, load),
    adoptPrivateKey(shared) {
      if (shared.provider !== "openssl") throw sharedElsewhere(shared);
      return privateKey(libcrypto.adopt(shared.token), "PROVIDER_FAILED");
    },
    importEncryptedPrivateKey(pkcs8, passphrase) {
      return importEncryptedPkcs8(pkcs8, () => decrypt(pkcs8, passphrase), load);
    },
    importPublicKey: publicKey,
  };
}
