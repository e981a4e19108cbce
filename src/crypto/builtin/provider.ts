import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { algorithmsFor, findKeyType, type KeyType, keyTypes } from "../algorithms.ts";
import { provenKey, sharedElsewhere } from "../_signing.ts";
import { checkEncryptedPkcs8, readSpki, typeOfPkcs8 } from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";
import type { CryptoProvider } from "../provider.ts";
import { BuiltinPrivateKey, BuiltinPublicKey, takesDigest } from "./keys.ts";

/**
 * What Deno's node:crypto cannot do: the ECDSA of the crates behind it refuses a digest that is shorter
 * than half the curve's order, which SHA-256 is for P-521.
 */
const lacking: Partial<Record<KeyType, string>> = { "ecdsa-p521": "ECDSA_SHA_256" };

const offered = new Map(keyTypes.map(({ name }) => [
  name,
  algorithmsFor(name).filter((info) => info.name !== lacking[name]),
]));

/** Typed here, because Deno's types and those of @types/node differ, and either may be in force. */
const generateKey = promisify(generateKeyPair) as unknown as (
  type: "rsa" | "ec" | "ed25519",
  options: { modulusLength: number } | { namedCurve: string } | undefined,
) => Promise<{ privateKey: KeyObject }>;

/**
 * The provider over Deno's own node:crypto, for machines without OpenSSL 3: RSA takes two to four times as
 * long, P-256 25 times (Ed25519 half as long), and it has these limits.
 *
 * - RSA: the crate behind it leaks the private key through the time that it takes, which an attacker
 *   can measure over a network (Marvin, RUSTSEC-2023-0071). No fix is known.
 * - P-521 with SHA-256 is not offered.
 * - Digests are taken by RSASSA-PKCS1-v1_5 only.
 * - A key's memory is freed when the collector gets to it, not when the key is disposed of.
 */
export function openBuiltin(): CryptoProvider {
  return {
    name: "builtin",
    version: `Deno ${Deno.version.deno} node:crypto`,
    algorithms: (type) => offered.get(type)!.map((info) => info.name),
    digestAlgorithms: (type) => offered.get(type)!.filter(takesDigest).map((info) => info.name),
    async generate(type) {
      const { family, modulusBits: modulusLength, jwkCurve: namedCurve } = findKeyType(type)!;
      try {
        const pair = family === "rsa"
          ? await generateKey("rsa", { modulusLength: modulusLength! })
          : family === "ec"
          ? await generateKey("ec", { namedCurve: namedCurve! })
          : await generateKey("ed25519", undefined);
        return privateKey(pair.privateKey);
      } catch (cause) {
        throw new CryptoError("PROVIDER_FAILED", `Generating a key of type ${type} failed`, {
          cause,
        });
      }
    },
    importPrivateKey(pkcs8) {
      try {
        typeOfPkcs8(pkcs8);
        return provenKey(privateKey(load(pkcs8)));
      } finally {
        pkcs8.fill(0);
      }
    },
    adoptPrivateKey(shared) {
      if (shared.provider !== "builtin") throw sharedElsewhere(shared);
      try {
        return privateKey(load(shared.pkcs8));
      } finally {
        shared.pkcs8.fill(0);
      }
    },
    importEncryptedPrivateKey(pkcs8, passphrase) {
      checkEncryptedPkcs8(pkcs8);
      return provenKey(privateKey(decrypt(pkcs8, passphrase)));
    },
    importPublicKey: publicKey,
  };
}

function publicKey(spki: Uint8Array): BuiltinPublicKey {
  const type = readSpki(spki).info.name;
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    const der = Uint8Array.from(key.export({ format: "der", type: "spki" }));
    return new BuiltinPublicKey(type, key, der, offered.get(type)!.map((info) => info.name));
  } catch (cause) {
    throw new CryptoError("BAD_KEY", "Reading the public key failed", { cause });
  }
}

function privateKey(key: KeyObject): BuiltinPrivateKey {
  const spki = createPublicKey(key as never).export({ format: "der", type: "spki" });
  return new BuiltinPrivateKey(key, publicKey(spki));
}

function load(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: view(pkcs8), format: "der", type: "pkcs8" });
  } catch (cause) {
    throw new CryptoError("BAD_KEY", "Reading the private key failed", { cause });
  }
}

function decrypt(pkcs8: Uint8Array, secret: Uint8Array): KeyObject {
  try {
    const passphrase = view(secret);
    return createPrivateKey({ key: view(pkcs8), format: "der", type: "pkcs8", passphrase });
  } catch (cause) {
    // node:crypto does not tell the two apart.
    const message = "The passphrase does not open the private key, or its encryption is another " +
      "than PBES2 with AES, which is all that the builtin crypto provider knows";
    throw new CryptoError("BAD_PASSPHRASE", message, { cause });
  }
}

/** The same bytes, not a copy, in the type that node:crypto asks for. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
