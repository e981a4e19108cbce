/**
 * The functions of AWS-LC in use, as declared in its headers. `deno task aws-lc` builds a library that exports these
 * and no others.
 *
 * Types as in `symbols.ts`. A pointer that a function returns for convenience only is declared as no result.
 *
 * @module
 */
import { errorQueueSymbols } from "../_error_queue.ts";

export const awsLcSymbols = {
  // openssl/service_indicator.h
  awslc_version_string: { parameters: [], result: "pointer" },

  // scripts/aws_lc/secure_heap.c
  signer_use_heap: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },

  // openssl/rand.h
  RAND_bytes: { parameters: ["buffer", "usize"], result: "i32" },

  // openssl/err.h
  ...errorQueueSymbols,

  // openssl/bytestring.h, openssl/evp.h
  EVP_parse_private_key: { parameters: ["buffer"], result: "pointer" },
  i2d_PUBKEY: { parameters: ["pointer", "buffer"], result: "i32" },
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_up_ref: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_size: { parameters: ["pointer"], result: "i32" },

  // openssl/x509.h
  EVP_PKEY2PKCS8: { parameters: ["pointer"], result: "pointer" },
  i2d_PKCS8_PRIV_KEY_INFO: { parameters: ["pointer", "buffer"], result: "i32" },
  PKCS8_PRIV_KEY_INFO_free: { parameters: ["pointer"], result: "void" },

  // openssl/sha.h
  SHA256: { parameters: ["buffer", "usize", "buffer"], result: "void" },
  SHA384: { parameters: ["buffer", "usize", "buffer"], result: "void" },
  SHA512: { parameters: ["buffer", "usize", "buffer"], result: "void" },

  // openssl/digest.h
  EVP_sha256: { parameters: [], result: "pointer" },
  EVP_sha384: { parameters: [], result: "pointer" },
  EVP_sha512: { parameters: [], result: "pointer" },
  EVP_MD_CTX_new: { parameters: [], result: "pointer" },
  EVP_MD_CTX_free: { parameters: ["pointer"], result: "void" },

  // openssl/evp.h
  EVP_PKEY_CTX_new: { parameters: ["pointer", "pointer"], result: "pointer" },
  EVP_PKEY_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_sign_init: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_sign: { parameters: ["pointer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
  EVP_PKEY_CTX_set_signature_md: { parameters: ["pointer", "pointer"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_padding: { parameters: ["pointer", "i32"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_pss_saltlen: { parameters: ["pointer", "i32"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_mgf1_md: { parameters: ["pointer", "pointer"], result: "i32" },
  EVP_DigestSignInit: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  EVP_DigestSign: { parameters: ["pointer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
} as const;

/** The bound functions, for this folder only. */
export type AwsLcSymbols = Deno.DynamicLibrary<typeof awsLcSymbols>["symbols"];
