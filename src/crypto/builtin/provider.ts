/** The provider over Deno's own node:crypto. @module */
import type { KeyObject } from "node:crypto";
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { importEncryptedPkcs8, importPkcs8 } from "../_import.ts";
import { sharedElsewhere } from "../_signing.ts";
import { readSpki } from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";
import { nodeCrypto } from "../../node/mod.ts";
import type { CryptoProvider } from "../provider.ts";
import { BuiltinPrivateKey, BuiltinPublicKey } from "./keys.ts";
import { decryptPkcs8 } from "./pbes2.ts";
import { type Generation, generationOf, offeredFor, schemeRows } from "./rows.ts";

/** Generates a key. The type is our own, because Deno's types and @types/node differ. */
function generateKey(generation: Generation): Promise<{ privateKey: KeyObject }> {
  const generate = promisify(nodeCrypto().generateKeyPair) as unknown as (
    ...generation: Generation
  ) => Promise<{ privateKey: KeyObject }>;
  return generate(...generation);
}

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
    algorithms: (type) => offeredFor(type).map((info) => info.name),
    digestAlgorithms: (type) =>
      offeredFor(type).filter((info) => schemeRows[info.scheme].takesDigest)
        .map((info) => info.name),
    async generate(type) {
      try {
        return privateKey((await generateKey(generationOf(type))).privateKey);
      } catch (cause) {
        throw new CryptoError("PROVIDER_FAILED", `Generating a key of type ${type} failed`, {
          cause,
        });
      }
    },
    importPrivateKey: (pkcs8) => importPkcs8(pkcs8, load),
    adoptPrivateKey(shared) {
      if (shared.provider !== "builtin") throw sharedElsewhere(shared);
      try {
        return load(shared.pkcs8);
      } finally {
        shared.pkcs8.fill(0);
      }
    },
    importEncryptedPrivateKey(pkcs8, passphrase) {
      return importEncryptedPkcs8(pkcs8, (found) => decryptPkcs8(found, passphrase), load);
    },
    importPublicKey: publicKey,
  };
}

function publicKey(spki: Uint8Array): BuiltinPublicKey {
  const type = readSpki(spki).info.name;
  try {
    const key = nodeCrypto().createPublicKey({
      key: Buffer.from(spki),
      format: "der",
      type: "spki",
    });
    const der = Uint8Array.from(key.export({ format: "der", type: "spki" }));
    return new BuiltinPublicKey(type, key, der, offeredFor(type).map((info) => info.name));
  } catch (cause) {
    throw new CryptoError("BAD_KEY", "Reading the public key failed", { cause });
  }
}

function privateKey(key: KeyObject): BuiltinPrivateKey {
  const spki = nodeCrypto().createPublicKey(key as never).export({ format: "der", type: "spki" });
  return new BuiltinPrivateKey(key, publicKey(spki));
}

function load(pkcs8: Uint8Array): BuiltinPrivateKey {
  try {
    return privateKey(
      nodeCrypto().createPrivateKey({ key: view(pkcs8), format: "der", type: "pkcs8" }),
    );
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError("BAD_KEY", "Reading the private key failed", { cause });
  }
}

/** Views the same bytes as a Buffer, the type that node:crypto asks for. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
