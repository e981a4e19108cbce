/** Numbers of openssl/ssl.h, openssl/tls1.h and openssl/x509_vfy.h (OpenSSL 3). @module */

/** Commands of SSL_CTX_ctrl and SSL_ctrl. */
export const Ctrl = {
  MODE: 33,
  SET_READ_AHEAD: 41,
  SET_SESS_CACHE_MODE: 44,
  SET_TLSEXT_SERVERNAME_CB: 53,
  SET_TLSEXT_HOSTNAME: 55,
  SET_TLSEXT_TICKET_KEYS: 59,
  CHAIN_CERT: 89,
  SET_MIN_PROTO_VERSION: 123,
  SET_MAX_PROTO_VERSION: 124,
} as const;

export const TLS1_2_VERSION = 0x0303;
export const TLS1_3_VERSION = 0x0304;

/** Options of SSL_CTX_set_options(3ossl). */
export const Option = {
  NO_COMPRESSION: 1n << 17n,
  NO_RENEGOTIATION: 1n << 30n,
  CIPHER_SERVER_PREFERENCE: 1n << 22n,
  /** A peer that closes without close_notify is an end of stream; HTTP/2 has an end of its own. */
  IGNORE_UNEXPECTED_EOF: 1n << 7n,
} as const;

/** Modes of SSL_CTX_set_mode(3ossl). */
export const Mode = {
  ENABLE_PARTIAL_WRITE: 1,
  ACCEPT_MOVING_WRITE_BUFFER: 2,
  /** Sends the chain as it was given, and searches no CA certificates for more of it. */
  NO_AUTO_CHAIN: 8,
  RELEASE_BUFFERS: 16,
} as const;

/** Modes of SSL_CTX_set_verify(3ossl). */
export const Verify = { NONE: 0, PEER: 1, FAIL_IF_NO_PEER_CERT: 2 } as const;

/** A bit of the calls of SSL_CTX_set_info_callback(3ossl): the end of a handshake, and of each message after it. */
export const SSL_CB_EXIT = 0x02;

/** Flags of SSL_set_shutdown(3ossl): close_notify was sent, and received. */
export const SHUTDOWN_BOTH = 1 | 2;

/** Results of SSL_get_error(3ossl). */
export const SslError = {
  SSL: 1,
  WANT_READ: 2,
  WANT_WRITE: 3,
  SYSCALL: 5,
  ZERO_RETURN: 6,
} as const;

/** Return values of the ALPN callback (SSL_CTX_set_alpn_select_cb(3ossl)). */
export const SSL_TLSEXT_ERR_OK = 0;
export const SSL_TLSEXT_ERR_ALERT_FATAL = 2;

/** The result of SSL_select_next_proto(3ossl) for a protocol of both lists. */
export const OPENSSL_NPN_NEGOTIATED = 1;

/** The name type of server_name (RFC 6066 section 3). */
export const TLSEXT_NAMETYPE_HOST_NAME = 0;

/** Flags of X509_VERIFY_PARAM_set_flags(3ossl). */
export const X509_V_FLAG_CRL_CHECK = 0x4n;
export const X509_V_FLAG_X509_STRICT = 0x20n;

/** X509_check_host(3ossl): names come from subjectAltName alone, and `*` stands for a whole label. */
export const X509_CHECK_FLAG_NO_WILDCARDS = 0x2;
export const X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4;
export const X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;

/** Bytes of the ticket keys of SSL_CTX_set_tlsext_ticket_keys: name 16, HMAC 32, AES 32. */
export const TICKET_KEYS_BYTES = 80;
