/**
 * The functions of AWS-LC in use, as declared in its headers. `deno task aws-lc` builds a library that exports these
 * and no others.
 *
 * Types as in `symbols.ts`. A pointer that a function returns for convenience only is declared as no result.
 *
 * @module
 */
import type { FunctionTable } from "../_open_library.ts";
import { errorQueueSymbols } from "../_error_queue.ts";
import { evpSymbols, signingFunctions } from "./evp_key.ts";

const functions = {
  // openssl/service_indicator.h
  awslc_version_string: { parameters: [], result: "pointer" },

  // scripts/aws_lc/secure_heap.c
  signer_use_heap: { parameters: ["pointer", "pointer", "pointer", "usize"], result: "i32" },
  signer_free_key: { parameters: ["pointer"], result: "void" },

  // openssl/rand.h
  RAND_bytes: { parameters: ["buffer", "usize"], result: "i32" },

  // openssl/err.h
  ...errorQueueSymbols,
  ...evpSymbols,

  // openssl/bytestring.h, openssl/evp.h
  EVP_parse_private_key: { parameters: ["buffer"], result: "pointer" },
  EVP_PKEY_size: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_CTX_new: { parameters: ["pointer", "pointer"], result: "pointer" },

  // openssl/sha.h
  SHA256: { parameters: ["buffer", "usize", "buffer"], result: "void" },
  SHA384: { parameters: ["buffer", "usize", "buffer"], result: "void" },
  SHA512: { parameters: ["buffer", "usize", "buffer"], result: "void" },

  // openssl/digest.h
  EVP_sha256: { parameters: [], result: "pointer" },
  EVP_sha384: { parameters: [], result: "pointer" },
  EVP_sha512: { parameters: [], result: "pointer" },
} as const;

export const awsLcTable: FunctionTable<typeof functions> = {
  functions,
  compiled: [...signingFunctions, "SHA256", "SHA384", "SHA512"] as const,
};

/** The bound functions, for this folder only. */
export type AwsLcSymbols = Deno.DynamicLibrary<typeof functions>["symbols"];
