/** The configuration of TLS connections of one role on one thread. @module */
import { cString } from "../_c_string.ts";
import { ALPN_H2, alpnCallback } from "./_alpn.ts";
import { chooseByServerName, forgetServerNames } from "./_server_names.ts";
import { addCrls, type RevocationList } from "./_crls.ts";
import { forEachCertificate, setIdentity, type TlsIdentity } from "./_identity.ts";
import {
  Ctrl,
  Mode,
  Option,
  TLS1_2_VERSION,
  TLS1_3_VERSION,
  Verify,
  X509_V_FLAG_CRL_CHECK,
  X509_V_FLAG_X509_STRICT,
} from "./constants.ts";
import { expectOne, failed, LibsslError } from "./errors.ts";
import { prepareLaterMessages } from "./_later_messages.ts";
import { loadLibssl } from "./library.ts";
import type { SslLibrary } from "./symbols.ts";
import { TlsSession } from "./session.ts";

/** The options of a TLS context, of either role. */
export interface TlsContextOptions {
  readonly role: "server" | "client";
  readonly minVersion: "1.2" | "1.3";
  readonly identity: TlsIdentity | undefined;
  /** Further identities of a server, for clients that send one of their server names. */
  readonly alternatives?: readonly TlsIdentity[];
  /** Certificates in PEM of the CAs that the peer's chain must lead to; undefined for the system's. */
  readonly ca: Uint8Array | undefined;
  /** Certificate revocation lists in PEM. The leaf of each chain is checked against them. */
  readonly crl: Uint8Array | undefined;
  /** The demand for a certificate of the client. A client always requires the server's. */
  readonly peerCertificate: "require" | "request" | "none";
  /** Key material of session tickets, {@linkcode TICKET_KEYS_BYTES} long, that threads share. */
  readonly ticketKeys?: Uint8Array | undefined;
}

/** TLS 1.3 suites (RFC 8446 appendix B.4) in order of preference. */
const CIPHERSUITES_1_3 =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

/** TLS 1.2 suites: ephemeral keys and AEAD only (RFC 9113 section 9.2.2 forbids the others). */
const CIPHER_LIST_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";

/** The longest chain between a peer's certificate and its CA: intermediates. */
const MAX_INTERMEDIATES = 4;

/**
 * OpenSSL's security level 2 (SSL_CTX_set_security_level(3ossl)): RSA of 2048 bits, no SHA-1, in certificates and
 * handshakes. Else the level of handshakes is that of OpenSSL's build, or of openssl.cnf.
 */
const SECURITY_LEVEL = 2;

/** Tickets of a full handshake. A resumed connection gets another one, so that one is enough for a client. */
const TICKETS = 1n;

/** The context of a server's sessions, which SSL_CTX_set_session_id_context(3ossl) requires. */
const SESSION_ID_CONTEXT = new TextEncoder().encode("signer");

/**
 * The configuration of TLS connections of one role: an SSL_CTX for each identity. It belongs to the thread that
 * made it, because its callbacks run JavaScript. It is freed when it was disposed of and its last session too.
 */
export class TlsContext implements Disposable {
  readonly role: "server" | "client";
  /** The lists of the options. */
  readonly revocationLists: readonly RevocationList[];
  readonly #library: SslLibrary;
  /** The context of the first identity begins all sessions. Empty once freed. */
  readonly #pointers: Deno.PointerObject[] = [];
  #sessions = 0;
  #disposed = false;
  readonly #onSessionDisposed = () => {
    if (--this.#sessions === 0 && this.#disposed) this.#free();
  };

  /**
   * @throws {LibsslError} `LIBSSL_MISSING`, `BAD_CERTIFICATE`, `BAD_CRL`, `KEY_MISMATCH`, `LIBSSL_FAILED`
   */
  constructor(options: TlsContextOptions) {
    this.role = options.role;
    const library = this.#library = loadLibssl();
    prepareLaterMessages();
    let lists: readonly RevocationList[] = [];
    try {
      for (const identity of [options.identity, ...options.alternatives ?? []]) {
        const created = createContext(library, { ...options, identity });
        this.#pointers.push(created.pointer);
        lists = created.lists;
      }
    } catch (error) {
      this.#free();
      throw error;
    }
    this.revocationLists = lists;
    if (this.#pointers.length > 1) chooseByServerName(library, this.#pointers);
  }

  /**
   * Opens a session on a connected non-blocking socket, which stays the caller's to close.
   *
   * @param serverName a client's: the DNS name or IP address that the server's certificate must have
   * @throws {LibsslError} `LIBSSL_FAILED`
   */
  open(fd: number, serverName?: string): TlsSession {
    if (this.#disposed) throw new LibsslError("LIBSSL_FAILED", "The TLS context is closed");
    const [first] = this.#pointers;
    const session = TlsSession.open(this.#library, first, {
      role: this.role,
      fd,
      serverName,
      onDisposed: this.#onSessionDisposed,
    });
    this.#sessions++;
    return session;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#sessions === 0) this.#free();
  }

  #free(): void {
    if (this.#pointers.length > 1) forgetServerNames(this.#pointers);
    for (const pointer of this.#pointers.splice(0)) this.#library.ssl.SSL_CTX_free(pointer);
  }
}

/** Makes an SSL_CTX with the identity of the options, and not with the alternatives. */
function createContext(
  library: SslLibrary,
  options: TlsContextOptions,
): { readonly pointer: Deno.PointerObject; readonly lists: readonly RevocationList[] } {
  const { ssl } = library;
  const method = options.role === "server" ? ssl.TLS_server_method() : ssl.TLS_client_method();
  const pointer = ssl.SSL_CTX_new(method);
  if (pointer === null) throw failed(library, "SSL_CTX_new");
  try {
    ssl.SSL_CTX_set_security_level(pointer, SECURITY_LEVEL);
    setProtocol(library, pointer, options);
    if (options.identity !== undefined) setIdentity(library, pointer, options.identity);
    const lists = setPeer(library, pointer, options);
    if (options.role === "server") {
      ssl.SSL_CTX_set_alpn_select_cb(pointer, alpnCallback(library).pointer, null);
    } else if (ssl.SSL_CTX_set_alpn_protos(pointer, ALPN_H2, ALPN_H2.length) !== 0) {
      throw failed(library, "SSL_CTX_set_alpn_protos");
    }
    return { pointer, lists };
  } catch (error) {
    ssl.SSL_CTX_free(pointer);
    throw error;
  }
}

function setProtocol(
  library: SslLibrary,
  context: Deno.PointerObject,
  { role, minVersion, ticketKeys }: TlsContextOptions,
): void {
  const { ssl } = library;
  const min = minVersion === "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  control(library, context, "SSL_CTX_set_min_proto_version", Ctrl.SET_MIN_PROTO_VERSION, min);
  control(
    library,
    context,
    "SSL_CTX_set_max_proto_version",
    Ctrl.SET_MAX_PROTO_VERSION,
    TLS1_3_VERSION,
  );
  ssl.SSL_CTX_set_options(
    context,
    Option.NO_COMPRESSION | Option.NO_RENEGOTIATION | Option.CIPHER_SERVER_PREFERENCE |
      Option.IGNORE_UNEXPECTED_EOF,
  );
  const suites = ssl.SSL_CTX_set_ciphersuites(context, cString(CIPHERSUITES_1_3));
  expectOne(library, "SSL_CTX_set_ciphersuites", suites);
  const list = ssl.SSL_CTX_set_cipher_list(context, cString(CIPHER_LIST_1_2));
  expectOne(library, "SSL_CTX_set_cipher_list", list);
  ssl.SSL_CTX_ctrl(
    context,
    Ctrl.MODE,
    BigInt(
      Mode.ENABLE_PARTIAL_WRITE | Mode.ACCEPT_MOVING_WRITE_BUFFER | Mode.NO_AUTO_CHAIN |
        Mode.RELEASE_BUFFERS,
    ),
    null,
  );
  // One read(2) takes many records. SSL_has_pending() reports the records that it took, and epoll does not.
  ssl.SSL_CTX_ctrl(context, Ctrl.SET_READ_AHEAD, 1n, null);
  if (role === "server") {
    // Sessions resume by tickets, so a server keeps no state for them.
    ssl.SSL_CTX_ctrl(context, Ctrl.SET_SESS_CACHE_MODE, 0n, null);
    const size = SESSION_ID_CONTEXT.length;
    const set = ssl.SSL_CTX_set_session_id_context(context, SESSION_ID_CONTEXT, size);
    expectOne(library, "SSL_CTX_set_session_id_context", set);
    const tickets = ssl.SSL_CTX_set_num_tickets(context, TICKETS);
    expectOne(library, "SSL_CTX_set_num_tickets", tickets);
  }
  if (ticketKeys !== undefined) {
    const set = ssl.ssl_ctx_ctrl_bytes(
      context,
      Ctrl.SET_TLSEXT_TICKET_KEYS,
      BigInt(ticketKeys.length),
      ticketKeys,
    );
    expectOne(library, "SSL_CTX_set_tlsext_ticket_keys", Number(set));
  }
}

/** Sets how the peer's certificate is verified, and returns the revocation lists. */
function setPeer(
  library: SslLibrary,
  context: Deno.PointerObject,
  { role, ca, crl, peerCertificate }: TlsContextOptions,
): readonly RevocationList[] {
  const { ssl, crypto } = library;
  const mode = role === "client" || peerCertificate === "require"
    ? Verify.PEER | Verify.FAIL_IF_NO_PEER_CERT
    : peerCertificate === "request"
    ? Verify.PEER
    : Verify.NONE;
  ssl.SSL_CTX_set_verify(context, mode, null);
  ssl.SSL_CTX_set_verify_depth(context, MAX_INTERMEDIATES);
  const store = ssl.SSL_CTX_get_cert_store(context);
  let flags = X509_V_FLAG_X509_STRICT;
  if (ca !== undefined) {
    forEachCertificate(library, ca, (certificate) => {
      expectOne(library, "X509_STORE_add_cert", crypto.X509_STORE_add_cert(store, certificate));
      if (role === "server") ssl.SSL_CTX_add_client_CA(context, certificate);
    });
  } else if (role === "client") {
    const set = ssl.SSL_CTX_set_default_verify_paths(context);
    expectOne(library, "SSL_CTX_set_default_verify_paths", set);
  }
  const lists = crl === undefined ? [] : addCrls(library, store, crl);
  if (crl !== undefined) flags |= X509_V_FLAG_CRL_CHECK;
  expectOne(library, "X509_STORE_set_flags", crypto.X509_STORE_set_flags(store, flags));
  return lists;
}

function control(
  library: SslLibrary,
  context: Deno.PointerObject,
  name: string,
  command: number,
  value: number,
): void {
  expectOne(library, name, Number(library.ssl.SSL_CTX_ctrl(context, command, BigInt(value), null)));
}
