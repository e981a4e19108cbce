/**
 * The functions of libssl 3 in use, and of libcrypto for certificates, as declared in the man pages of section
 * 3ossl. `long` is i64, `size_t` usize. Memory of JavaScript is a "buffer", memory of OpenSSL a "pointer". Many
 * functions of the man pages are macros over SSL_CTX_ctrl or SSL_ctrl: `constants.ts` has their commands.
 *
 * @module
 */
import type { FunctionTable } from "../_open_library.ts";
import { errorQueueSymbols } from "../_error_queue.ts";

/** Functions of libssl. */
const sslFunctions = {
  // SSL_CTX_new(3ossl)
  TLS_server_method: { parameters: [], result: "pointer" },
  TLS_client_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },

  // SSL_CTX_ctrl(3ossl), SSL_CTX_set_options(3ossl)
  SSL_CTX_ctrl: { parameters: ["pointer", "i32", "i64", "pointer"], result: "i64" },
  ssl_ctx_ctrl_bytes: {
    name: "SSL_CTX_ctrl",
    parameters: ["pointer", "i32", "i64", "buffer"],
    result: "i64",
  },
  SSL_CTX_callback_ctrl: { parameters: ["pointer", "i32", "function"], result: "i64" },
  SSL_CTX_set_options: { parameters: ["pointer", "u64"], result: "u64" },

  // SSL_CTX_set_cipher_list(3ossl), SSL_CTX_set_num_tickets(3ossl), SSL_CTX_set_session_id_context(3ossl)
  SSL_CTX_set_ciphersuites: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_CTX_set_cipher_list: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_CTX_set_num_tickets: { parameters: ["pointer", "usize"], result: "i32" },
  SSL_CTX_set_session_id_context: { parameters: ["pointer", "buffer", "u32"], result: "i32" },

  // SSL_CTX_use_certificate(3ossl)
  SSL_CTX_use_certificate: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_use_PrivateKey: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_check_private_key: { parameters: ["pointer"], result: "i32" },

  // SSL_CTX_set_verify(3ossl), SSL_CTX_set0_CA_list(3ossl), SSL_CTX_set_cert_store(3ossl)
  SSL_CTX_set_verify: { parameters: ["pointer", "i32", "pointer"], result: "void" },
  // SSL_CTX_set_security_level(3ossl)
  SSL_CTX_set_security_level: { parameters: ["pointer", "i32"], result: "void" },
  SSL_CTX_set_verify_depth: { parameters: ["pointer", "i32"], result: "void" },
  SSL_CTX_add_client_CA: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_set_default_verify_paths: { parameters: ["pointer"], result: "i32" },

  // SSL_CTX_set_alpn_select_cb(3ossl)
  SSL_CTX_set_alpn_select_cb: { parameters: ["pointer", "function", "pointer"], result: "void" },
  SSL_CTX_set_alpn_protos: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  SSL_select_next_proto: {
    parameters: ["pointer", "pointer", "pointer", "u32", "buffer", "u32"],
    result: "i32",
  },
  SSL_get0_alpn_selected: { parameters: ["pointer", "buffer", "buffer"], result: "void" },

  // SSL_CTX_set_tlsext_servername_callback(3ossl), SSL_CTX_get0_certificate, SSL_set_SSL_CTX (openssl/ssl.h)
  SSL_get_servername: { parameters: ["pointer", "i32"], result: "pointer" },
  SSL_get_SSL_CTX: { parameters: ["pointer"], result: "pointer" },
  SSL_set_SSL_CTX: { parameters: ["pointer", "pointer"], result: "pointer" },
  SSL_CTX_get0_certificate: { parameters: ["pointer"], result: "pointer" },

  // SSL_new(3ossl), SSL_set_fd(3ossl), SSL_set_connect_state(3ossl)
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_set_fd: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_set_accept_state: { parameters: ["pointer"], result: "void" },
  SSL_set_connect_state: { parameters: ["pointer"], result: "void" },
  ssl_ctrl_bytes: {
    name: "SSL_ctrl",
    parameters: ["pointer", "i32", "i64", "buffer"],
    result: "i64",
  },

  // SSL_do_handshake(3ossl), SSL_read(3ossl), SSL_write(3ossl), SSL_pending(3ossl), SSL_shutdown(3ossl)
  SSL_do_handshake: { parameters: ["pointer"], result: "i32" },
  SSL_peek: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_has_pending: { parameters: ["pointer"], result: "i32" },
  SSL_shutdown: { parameters: ["pointer"], result: "i32" },
  SSL_set_shutdown: { parameters: ["pointer", "i32"], result: "void" },
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },

  // SSL_CTX_set_info_callback(3ossl)
  SSL_set_info_callback: { parameters: ["pointer", "function"], result: "void" },

  // SSL_set1_host(3ossl), SSL_get_verify_result(3ossl), SSL_get_peer_certificate(3ossl)
  SSL_set1_host: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_set_hostflags: { parameters: ["pointer", "u32"], result: "void" },
  SSL_get0_param: { parameters: ["pointer"], result: "pointer" },
  SSL_get_verify_result: { parameters: ["pointer"], result: "i64" },
  SSL_get1_peer_certificate: { parameters: ["pointer"], result: "pointer" },
  // SSL_get_peer_cert_chain(3ossl)
  SSL_get0_verified_chain: { parameters: ["pointer"], result: "pointer" },

  // SSL_get_version(3ossl), SSL_get_current_cipher(3ossl), SSL_session_reused(3ossl)
  SSL_get_version: { parameters: ["pointer"], result: "pointer" },
  SSL_get_current_cipher: { parameters: ["pointer"], result: "pointer" },
  SSL_CIPHER_get_name: { parameters: ["pointer"], result: "pointer" },
  SSL_session_reused: { parameters: ["pointer"], result: "i32" },
} as const;

export const sslTable: FunctionTable<typeof sslFunctions> = {
  functions: sslFunctions,
  // Those of connections, not those of contexts.
  compiled: (Object.keys(sslFunctions) as (keyof typeof sslFunctions)[])
    .filter((name) => name.startsWith("SSL_") && !name.startsWith("SSL_CTX_")),
};

/** Functions of the libcrypto that libssl itself uses. */
const certificateFunctions = {
  ...errorQueueSymbols,

  // BIO_new_mem_buf(3ossl), PEM_read_bio_X509(3ossl)
  BIO_new_mem_buf: { parameters: ["buffer", "i32"], result: "pointer" },
  BIO_free: { parameters: ["pointer"], result: "i32" },
  PEM_read_bio_X509: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "pointer",
  },
  PEM_read_bio_X509_CRL: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "pointer",
  },
  X509_free: { parameters: ["pointer"], result: "void" },
  X509_CRL_free: { parameters: ["pointer"], result: "void" },
  i2d_X509: { parameters: ["pointer", "buffer"], result: "i32" },
  i2d_X509_NAME: { parameters: ["pointer", "buffer"], result: "i32" },
  // X509_CRL_get0_by_serial(3ossl), X509_get_subject_name(3ossl), ASN1_TIME_set(3ossl)
  X509_CRL_get_issuer: { parameters: ["pointer"], result: "pointer" },
  X509_CRL_get0_lastUpdate: { parameters: ["pointer"], result: "pointer" },
  X509_CRL_get0_nextUpdate: { parameters: ["pointer"], result: "pointer" },
  ASN1_TIME_set: { parameters: ["pointer", "i64"], result: "pointer" },
  ASN1_TIME_free: { parameters: ["pointer"], result: "void" },
  ASN1_TIME_diff: { parameters: ["buffer", "buffer", "pointer", "pointer"], result: "i32" },
  // X509_get0_notAfter(3ossl), X509_cmp_time(3ossl)
  X509_get0_notAfter: { parameters: ["pointer"], result: "pointer" },
  X509_cmp_current_time: { parameters: ["pointer"], result: "i32" },
  // DEFINE_STACK_OF(3ossl)
  OPENSSL_sk_num: { parameters: ["pointer"], result: "i32" },
  OPENSSL_sk_value: { parameters: ["pointer", "i32"], result: "pointer" },
  // X509_STORE_add_cert(3ossl), X509_VERIFY_PARAM_set_flags(3ossl), X509_verify_cert_error_string(3ossl)
  X509_STORE_add_cert: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_STORE_add_crl: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_STORE_set_flags: { parameters: ["pointer", "u64"], result: "i32" },
  X509_VERIFY_PARAM_set1_ip_asc: { parameters: ["pointer", "buffer"], result: "i32" },
  // X509_check_host(3ossl)
  X509_check_host: {
    parameters: ["pointer", "pointer", "usize", "u32", "pointer"],
    result: "i32",
  },
  X509_verify_cert_error_string: { parameters: ["i64"], result: "pointer" },
} as const;

export const certificateTable: FunctionTable<typeof certificateFunctions> = {
  functions: certificateFunctions,
  compiled: ["ERR_peek_error"],
};

/** The bound functions. They never leave this folder. */
export type SslSymbols = Deno.DynamicLibrary<typeof sslFunctions>["symbols"];
export type CertificateSymbols = Deno.DynamicLibrary<typeof certificateFunctions>["symbols"];

/** The bound functions of both libraries. */
export interface SslLibrary {
  readonly ssl: SslSymbols;
  readonly crypto: CertificateSymbols;
}
