import { LibcryptoError, openLibcrypto, type Pkey } from "../../ffi/mod.ts";
import { algorithmsFor, findKeyType, type KeyType, keyTypes } from "../algorithms.ts";
import { provenKey, sharedElsewhere } from "../_signing.ts";
import { CryptoError, type CryptoErrorCode } from "../errors.ts";
import { checkEncryptedPkcs8, readSpki, typeOfPkcs8 } from "../encoding/mod.ts";
import type { CryptoProvider } from "../provider.ts";
import { mapError, mapErrors } from "./errors.ts";
import { OpensslPrivateKey } from "./private_key.ts";
import { OpensslPublicKey } from "./public_key.ts";

/** What libcrypto can do with keys of each type: everything that the table has. */
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
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE` when there is no libcrypto 3
 */
export function openOpenssl(): CryptoProvider {
  const libcrypto = mapErrors(
    "PROVIDER_UNAVAILABLE",
    "Opening the provider openssl",
    openLibcrypto,
  );

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

  return {
    name: "openssl",
    version: libcrypto.version,
    algorithms: (type) => offered.get(type)!,
    digestAlgorithms: (type) => offeredForDigests.get(type)!,
    async generate(type: KeyType) {
      try {
        return privateKey(await libcrypto.generate(findKeyType(type)!), "PROVIDER_FAILED");
      } catch (error) {
        throw mapError("PROVIDER_FAILED", `Generating a key of type ${type}`, error);
      }
    },
    importPrivateKey(pkcs8) {
      try {
        typeOfPkcs8(pkcs8);
        const read = () => privateKey(libcrypto.readPkcs8(pkcs8), "BAD_KEY");
        return provenKey(mapErrors("BAD_KEY", "Reading the private key", read));
      } finally {
        pkcs8.fill(0);
      }
    },
    adoptPrivateKey(shared) {
      if (shared.provider !== "openssl") throw sharedElsewhere(shared);
      return privateKey(libcrypto.adopt(shared.token), "PROVIDER_FAILED");
    },
    importEncryptedPrivateKey(pkcs8, passphrase) {
      checkEncryptedPkcs8(pkcs8);
      return provenKey(
        privateKey(decrypt(() => libcrypto.readEncryptedPkcs8(pkcs8, passphrase)), "BAD_KEY"),
      );
    },
    importPublicKey: publicKey,
  };
}

/** Tells a passphrase that does not fit from an encryption that this libcrypto does not know. */
function decrypt(read: () => Pkey): Pkey {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LibcryptoError)) throw error;
    if (error.queue.some((entry) => /unsupported|unknown (pbe|cipher)/i.test(entry))) {
      throw mapError("BAD_KEY", "Decrypting the private key", error);
    }
    throw new CryptoError("BAD_PASSPHRASE", "The passphrase does not open the private key", {
      cause: error,
    });
  }
}
