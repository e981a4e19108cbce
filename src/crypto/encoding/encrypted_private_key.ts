/**
 * EncryptedPrivateKeyInfo, the container of encrypted private keys (RFC 5958 section 3), with its
 * encryption: PBES2 (RFC 8018 section 6.2) with AES in CBC mode, and a key derived by PBKDF2 or scrypt
 * (RFC 7914). Everything else is refused by name, alike for both providers.
 *
 * @module
 */
import { CryptoError } from "../errors.ts";
import { DerError, type DerReader, type DerValue, encodeDer, Tag, unsignedInteger } from "./der.ts";
import { readSequence } from "./private_key.ts";

/** The derivation of a key from a passphrase. */
export type Kdf =
  | {
    readonly name: "pbkdf2";
    readonly salt: Uint8Array;
    readonly iterations: number;
    readonly hash: string;
  }
  | {
    readonly name: "scrypt";
    readonly salt: Uint8Array;
    /** The parameters N, r and p of RFC 7914 section 2. */
    readonly cost: number;
    readonly blockSize: number;
    readonly parallelization: number;
  };

/** A cipher, by the name that node:crypto and OpenSSL share. */
type CipherName = "aes-128-cbc" | "aes-256-cbc";

/** The encryption of a private key, and the encrypted bytes. */
export interface Encryption {
  readonly kdf: Kdf;
  readonly cipher: CipherName;
  readonly keyBytes: number;
  readonly iv: Uint8Array;
  readonly data: Uint8Array;
}

/** The most rounds of PBKDF2: 5 s of work. OWASP asked for 600,000 in 2023. */
const MAX_PBKDF2_ITERATIONS = 10_000_000;

/** The most memory that scrypt may take, which is libcrypto's limit too (`SCRYPT_MAX_MEM`). */
export const MAX_SCRYPT_BYTES = 32 * 1024 * 1024;

/** The most passes of scrypt over that memory: 2 s of work. */
const MAX_SCRYPT_PARALLELIZATION = 16;

// RFC 8018 appendix C: 1.2.840.113549.1.5.13, .12; RFC 7914 section 7: 1.3.6.1.4.1.11591.4.11
const PBES2 = "2a864886f70d01050d";
const PBKDF2 = "2a864886f70d01050c";
const SCRYPT = "2b06010401da47040b";

/** The pseudorandom functions of PBKDF2, by their object identifiers (RFC 8018 appendix B.1.1). */
const hashes: Readonly<Record<string, string>> = {
  "2a864886f70d0207": "sha1",
  "2a864886f70d0208": "sha224",
  "2a864886f70d0209": "sha256",
  "2a864886f70d020a": "sha384",
  "2a864886f70d020b": "sha512",
};
const HMAC_SHA_256 = "2a864886f70d0209";

/** The ciphers (2.16.840.1.101.3.4.1.2 and .42), by their object identifiers. */
const ciphers: Readonly<Record<string, { name: CipherName; keyBytes: number }>> = {
  "608648016503040102": { name: "aes-128-cbc", keyBytes: 16 },
  "60864801650304012a": { name: "aes-256-cbc", keyBytes: 32 },
};
const AES_256_CBC = "60864801650304012a";

/** Weak encryptions that are refused: PBES1, the schemes of PKCS #12, and other ciphers of PBES2. */
const weak: Readonly<Record<string, string>> = {
  "2a864886f70d010c0103": "PKCS #12's PBE with 3DES",
  "2a864886f70d010c0104": "PKCS #12's PBE with 3DES",
  "2a864886f70d0307": "PBES2 with 3DES",
};

/** Weak encryptions that OpenSSL 3 reads with its legacy provider only (OSSL_PROVIDER-legacy(7ossl)). */
const legacy: Readonly<Record<string, string>> = {
  "2a864886f70d010501": "PBES1 with MD2 and DES",
  "2a864886f70d010503": "PBES1 with MD5 and DES",
  "2a864886f70d010504": "PBES1 with MD2 and RC2",
  "2a864886f70d010506": "PBES1 with MD5 and RC2",
  "2a864886f70d01050a": "PBES1 with SHA-1 and DES",
  "2a864886f70d01050b": "PBES1 with SHA-1 and RC2",
  "2a864886f70d010c0101": "PKCS #12's PBE with RC4",
  "2a864886f70d010c0102": "PKCS #12's PBE with RC4",
  "2a864886f70d010c0105": "PKCS #12's PBE with RC2",
  "2a864886f70d010c0106": "PKCS #12's PBE with RC2",
  "2b0e030207": "PBES2 with DES",
  "2a864886f70d0302": "PBES2 with RC2",
};

/** The error for an encryption, with the command that replaces it; it asks for both passphrases. */
function refused(reason: string, options = ""): CryptoError {
  const command = `openssl pkey ${options}-aes256 -in FILE -out NEW`;
  return new CryptoError("KEY_REFUSED", `Refused ${reason}: encrypt it anew with \`${command}\``);
}

/** The error for a scheme or a cipher that is not read. */
function refusedEncryption(oid: string, unknown: string): CryptoError {
  const name = weak[oid] ?? legacy[oid];
  if (name === undefined) return refused(`a private key in ${unknown}`);
  const options = oid in legacy ? "-provider legacy -provider default " : "";
  return refused(`a private key in weak encryption (${name})`, options);
}

/**
 * Reads an EncryptedPrivateKeyInfo. The returned arrays are views, not copies.
 *
 * @throws {CryptoError} `BAD_KEY` for damaged bytes, `KEY_REFUSED` for an encryption that is weak, takes
 * too long or is unknown
 */
export function readEncryptedPkcs8(der: Uint8Array): Encryption {
  return readSequence(der, "encrypted PKCS#8", (sequence) => {
    const algorithm = sequence.enter(Tag.SEQUENCE);
    const data = sequence.read(Tag.OCTET_STRING);
    sequence.end();
    const scheme = oidOf(algorithm);
    if (scheme !== PBES2) {
      throw refusedEncryption(scheme, "an unknown encryption");
    }
    const parameters = algorithm.enter(Tag.SEQUENCE);
    algorithm.end();
    const derivation = parameters.enter(Tag.SEQUENCE);
    const encryption = parameters.enter(Tag.SEQUENCE);
    parameters.end();
    const { cipher, keyBytes, iv } = readCipher(encryption);
    return { kdf: readKdf(derivation, keyBytes), cipher, keyBytes, iv, data };
  });
}

function readCipher(encryption: DerReader) {
  const oid = oidOf(encryption);
  const cipher = ciphers[oid];
  if (cipher === undefined) {
    throw refusedEncryption(oid, "another cipher than AES-128-CBC and AES-256-CBC");
  }
  const iv = encryption.read(Tag.OCTET_STRING);
  encryption.end();
  if (iv.length !== 16) throw new DerError("Not an initialisation vector of AES");
  return { cipher: cipher.name, keyBytes: cipher.keyBytes, iv };
}

function readKdf(derivation: DerReader, keyBytes: number): Kdf {
  const oid = oidOf(derivation);
  const parameters = derivation.enter(Tag.SEQUENCE);
  derivation.end();
  if (oid === PBKDF2) return readPbkdf2(parameters, keyBytes);
  if (oid === SCRYPT) return readScrypt(parameters, keyBytes);
  throw refused("a private key whose passphrase goes through neither PBKDF2 nor scrypt");
}

/** PBKDF2-params of RFC 8018 appendix A.2. */
function readPbkdf2(parameters: DerReader, keyBytes: number): Kdf {
  const salt = parameters.read(Tag.OCTET_STRING);
  const iterations = parameters.readSmall();
  checkKeyLength(parameters, keyBytes);
  let hash: string | undefined = "sha1";
  if (!parameters.ended) {
    const prf = parameters.enter(Tag.SEQUENCE);
    hash = hashes[oidOf(prf)];
    if (!prf.ended) prf.read(Tag.NULL);
    prf.end();
  }
  parameters.end();
  if (hash === undefined) throw refused("a private key in PBKDF2 with an unknown hash function");
  if (iterations === 0) throw new DerError("PBKDF2 without a round");
  if (iterations > MAX_PBKDF2_ITERATIONS) {
    throw refused(`a private key in PBKDF2 with more than ${MAX_PBKDF2_ITERATIONS} iterations`);
  }
  return { name: "pbkdf2", salt, iterations, hash };
}

/** scrypt-params of RFC 7914 section 7.1. */
function readScrypt(parameters: DerReader, keyBytes: number): Kdf {
  const salt = parameters.read(Tag.OCTET_STRING);
  const [cost, blockSize, parallelization] = [
    parameters.readSmall(),
    parameters.readSmall(),
    parameters.readSmall(),
  ];
  checkKeyLength(parameters, keyBytes);
  parameters.end();
  if (cost < 2 || (cost & (cost - 1)) !== 0 || blockSize === 0 || parallelization === 0) {
    throw new DerError("Not parameters of scrypt");
  }
  // The vector V, and the blocks of B and T (RFC 7914 sections 5 and 6), as libcrypto counts them.
  const memory = 128 * blockSize * (cost + parallelization + 2);
  if (memory > MAX_SCRYPT_BYTES || parallelization > MAX_SCRYPT_PARALLELIZATION) {
    throw refused("a private key in scrypt that takes more than 32 MiB or 16 passes");
  }
  return { name: "scrypt", salt, cost, blockSize, parallelization };
}

/** Reads the optional keyLength, and ensures that it is the cipher's. */
function checkKeyLength(parameters: DerReader, keyBytes: number): void {
  if (parameters.peek() !== Tag.INTEGER) return;
  if (parameters.readSmall() !== keyBytes) {
    throw new DerError("The key has not the cipher's length");
  }
}

function oidOf(reader: DerReader): string {
  return reader.read(Tag.OBJECT_IDENTIFIER).toHex();
}

/** Encodes an EncryptedPrivateKeyInfo: AES-256-CBC, and PBKDF2 with HMAC-SHA-256. */
export function encodeEncryptedPkcs8(
  { salt, iterations, iv }: {
    readonly salt: Uint8Array;
    readonly iterations: number;
    readonly iv: Uint8Array;
  },
  data: readonly Uint8Array[],
): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, iterations);
  const hash: DerValue = [Tag.SEQUENCE, identifier(HMAC_SHA_256), [Tag.NULL]];
  const derivation: DerValue = [
    Tag.SEQUENCE,
    identifier(PBKDF2),
    [Tag.SEQUENCE, [Tag.OCTET_STRING, salt], unsignedInteger(count), hash],
  ];
  const encryption: DerValue = [Tag.SEQUENCE, identifier(AES_256_CBC), [Tag.OCTET_STRING, iv]];
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.SEQUENCE, identifier(PBES2), [Tag.SEQUENCE, derivation, encryption]],
    [Tag.OCTET_STRING, ...data],
  ]);
}

function identifier(hex: string): DerValue {
  return [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(hex)];
}
