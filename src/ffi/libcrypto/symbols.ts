/**
 * The functions of libcrypto 3 in use, as declared in the man pages of section 3ossl.
 *
 * `int` is i32, `size_t` usize, and `unsigned long` u64 (it has 32 bits on Windows, where the calling convention
 * passes it in the same registers). Memory of JavaScript is a "buffer", memory of libcrypto a "pointer".
 *
 * @module
 */
import type { FunctionTable } from "../_open_library.ts";
import { errorQueueSymbols } from "../_error_queue.ts";
import { evpSymbols, signingFunctions } from "./evp_key.ts";

/** Functions of every libcrypto since 1.1.0, to read the version. */
export const versionSymbols = {
  // OpenSSL_version(3ossl)
  OpenSSL_version_num: { parameters: [], result: "u64" },
  OpenSSL_version: { parameters: ["i32"], result: "pointer" },
} as const;

const functions = {
  ...versionSymbols,

  // OPENSSL_init_crypto(3ossl)
  OPENSSL_init_crypto: { parameters: ["u64", "pointer"], result: "i32" },

  // OPENSSL_secure_malloc(3ossl)
  CRYPTO_secure_malloc_init: { parameters: ["usize", "usize"], result: "i32" },
  CRYPTO_secure_used: { parameters: [], result: "usize" },

  ...errorQueueSymbols,
  ...evpSymbols,

  // EVP_DigestInit(3ossl)
  EVP_MD_fetch: { parameters: ["pointer", "buffer", "pointer"], result: "pointer" },
  EVP_MD_get_size: { parameters: ["pointer"], result: "i32" },
  EVP_DigestInit_ex2: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  EVP_DigestUpdate: { parameters: ["pointer", "buffer", "usize"], result: "i32" },
  EVP_DigestFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },

  // EVP_PKEY_is_a(3ossl), EVP_PKEY_settable_params(3ossl), EVP_PKEY_get_size(3ossl),
  // EVP_PKEY_CTX_new(3ossl)
  EVP_PKEY_is_a: { parameters: ["pointer", "buffer"], result: "i32" },
  EVP_PKEY_set_utf8_string_param: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  EVP_PKEY_get_size: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_CTX_new_from_name: { parameters: ["pointer", "buffer", "pointer"], result: "pointer" },
  EVP_PKEY_CTX_new_from_pkey: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },

  // EVP_PKEY_keygen(3ossl), EVP_PKEY_CTX_ctrl(3ossl)
  EVP_PKEY_keygen_init: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_keygen_bits: { parameters: ["pointer", "i32"], result: "i32" },
  EVP_PKEY_CTX_set_group_name: { parameters: ["pointer", "buffer"], result: "i32" },
  EVP_PKEY_generate: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },

  // EVP_PKEY_verify(3ossl)
  EVP_PKEY_verify_init: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_verify: {
    parameters: ["pointer", "buffer", "usize", "buffer", "usize"],
    result: "i32",
  },

  // EVP_DigestVerifyInit(3ossl)
  EVP_DigestVerifyInit: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  EVP_DigestVerify: {
    parameters: ["pointer", "buffer", "usize", "buffer", "usize"],
    result: "i32",
  },

  // d2i_X509(3ossl): every d2i and i2d function; EVP_PKCS82PKEY(3ossl), PKCS8_encrypt(3ossl)
  d2i_PUBKEY: { parameters: ["pointer", "buffer", "i64"], result: "pointer" },
  d2i_PKCS8_PRIV_KEY_INFO: { parameters: ["pointer", "buffer", "i64"], result: "pointer" },
  EVP_PKCS82PKEY: { parameters: ["pointer"], result: "pointer" },
  d2i_X509_SIG: { parameters: ["pointer", "buffer", "i64"], result: "pointer" },
  i2d_X509_SIG: { parameters: ["pointer", "buffer"], result: "i32" },
  X509_SIG_free: { parameters: ["pointer"], result: "void" },
  PKCS8_decrypt: { parameters: ["pointer", "buffer", "i32"], result: "pointer" },
  PKCS8_encrypt: {
    parameters: ["i32", "pointer", "buffer", "i32", "buffer", "i32", "i32", "pointer"],
    result: "pointer",
  },
  EVP_aes_256_cbc: { parameters: [], result: "pointer" },
} as const;

export const libcryptoTable: FunctionTable<typeof functions> = {
  functions,
  compiled: [
    ...signingFunctions,
    ...["EVP_DigestSignInit", "EVP_DigestVerifyInit", "EVP_DigestVerify", "EVP_PKEY_verify"],
    ...["EVP_DigestInit_ex2", "EVP_DigestUpdate", "EVP_DigestFinal_ex"],
  ] as const,
};

/** The bound functions, for this folder only. */
export type Symbols = Deno.DynamicLibrary<typeof functions>["symbols"];
