/** An SSL: one TLS connection on a non-blocking socket. @module */
import { clearErrorQueue, drainErrorQueue } from "../_error_queue.ts";
import { encodeDer } from "./_der.ts";
import { errno, lastErrno } from "../libc/mod.ts";
import {
  Ctrl,
  SHUTDOWN_BOTH,
  SslError,
  TLSEXT_NAMETYPE_HOST_NAME,
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
} from "./constants.ts";
import { LibsslError, reasonOf } from "./errors.ts";
import {
  forgetLaterMessages,
  LaterMessages,
  MAX_LATER_MESSAGES,
  watchLaterMessages,
} from "./_later_messages.ts";
import type { SslLibrary } from "./symbols.ts";

/** The parameters that a handshake agreed on. */
export interface TlsParameters {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  /** The cipher suite's name, such as `TLS_AES_128_GCM_SHA256`. */
  readonly cipher: string;
  /** The session was resumed by a ticket. */
  readonly resumed: boolean;
}

/** The parts of a session that its context adds. */
interface TlsSessionOptions {
  readonly role: "server" | "client";
  /** A connected non-blocking socket. */
  readonly fd: number;
  /** A client's: the name that the server's certificate must have. */
  readonly serverName: string | undefined;
  readonly onDisposed: () => void;
}

/** Outputs of SSL_get0_alpn_selected: a pointer to the name of the protocol, and its length. */
const alpnProtocol = new BigUint64Array(1);
const alpnLength = new Uint32Array(1);

/** X509_V_OK of openssl/x509_vfy.h. */
const X509_V_OK = 0n;

/**
 * A TLS connection over a socket that the caller owns, closes and watches.
 *
 * Every operation has the results of one on a socket: a number of bytes, 0 at the end of the stream, or minus an
 * errno. `-EAGAIN` means that the socket must become readable, or writable where {@linkcode wantsWrite}
 * says so. `-EPROTO` means that TLS has failed, and {@linkcode failure} says why.
 */
export class TlsSession implements Disposable {
  readonly #library: SslLibrary;
  #pointer: Deno.PointerObject | null;
  /** The operation that gave `-EAGAIN` waits for the socket to be writable. */
  wantsWrite = false;
  /** The socket has failed. */
  #broken = false;
  /** The reason of `-EPROTO`. */
  failure: LibsslError | undefined = undefined;

  readonly #onDisposed: () => void;
  readonly #laterMessages = new LaterMessages();

  private constructor(library: SslLibrary, pointer: Deno.PointerObject, onDisposed: () => void) {
    this.#library = library;
    this.#pointer = pointer;
    this.#onDisposed = onDisposed;
  }

  /** Opens a session; `TlsContext.open()` is the public way. */
  static open(
    library: SslLibrary,
    context: Deno.PointerObject,
    { role, fd, serverName, onDisposed }: TlsSessionOptions,
  ): TlsSession {
    const { ssl, crypto } = library;
    clearErrorQueue(crypto);
    const pointer = ssl.SSL_new(context);
    if (pointer === null || ssl.SSL_set_fd(pointer, fd) !== 1) {
      if (pointer !== null) ssl.SSL_free(pointer);
      const queue = drainErrorQueue(crypto);
      throw new LibsslError("LIBSSL_FAILED", `SSL_new failed: ${reasonOf(queue)}`, { queue });
    }
    if (role === "server") ssl.SSL_set_accept_state(pointer);
    else {
      ssl.SSL_set_connect_state(pointer);
      if (serverName !== undefined) expectName(library, pointer, serverName);
    }
    return new TlsSession(library, pointer, onDisposed);
  }

  /** Continues the handshake. Returns 1 once it is done, `-EAGAIN`, 0 when the peer has closed, or `-EPROTO`. */
  handshake(): number {
    const { ssl, crypto } = this.#library;
    clearErrorQueue(crypto);
    const pointer = this.#open();
    const result = ssl.SSL_do_handshake(pointer);
    return result === 1 ? this.#agreed(pointer) : this.#outcome(pointer, result);
  }

  /**
   * Checks that ALPN has chosen `h2`, as RFC 9113 section 3.3 requires, and that the peer of a resumed session still has a
   * valid certificate. OpenSSL calls no callback for a client without the extension, and goes on without a protocol; and
   * it verifies no certificate when a session is resumed.
   */
  #agreed(pointer: Deno.PointerObject): number {
    const { ssl } = this.#library;
    ssl.SSL_get0_alpn_selected(pointer, alpnProtocol, alpnLength);
    const reason = alpnLength[0] === 0
      ? "the peer has no ALPN"
      : ssl.SSL_session_reused(pointer) === 1 && this.#hasExpired(pointer)
      ? "certificate has expired (certificate of a resumed session)"
      : undefined;
    if (reason !== undefined) {
      this.failure = new LibsslError("HANDSHAKE_FAILED", `TLS failed: ${reason}`);
      return -errno.EPROTO;
    }
    watchLaterMessages(this.#library, pointer, () => this.#onLaterMessage(pointer));
    return 1;
  }

  /** Returns true when the peer has a certificate that is not valid any more. */
  #hasExpired(pointer: Deno.PointerObject): boolean {
    const { ssl, crypto } = this.#library;
    const certificate = ssl.SSL_get1_peer_certificate(pointer);
    if (certificate === null) return false;
    // Positive for a time in the future, and 0 for an error (X509_cmp_time(3ossl)).
    const order = crypto.X509_cmp_current_time(crypto.X509_get0_notAfter(certificate));
    crypto.X509_free(certificate);
    return order <= 0;
  }

  /** Ends the connection of a peer that sends too many messages: SSL_read() fails from the next record on. */
  #onLaterMessage(pointer: Deno.PointerObject): void {
    if (this.failure !== undefined || this.#laterMessages.add(performance.now())) return;
    this.failure = new LibsslError(
      "TOO_MANY_MESSAGES",
      `TLS failed: the peer sent more than ${MAX_LATER_MESSAGES} handshake messages in a minute`,
    );
    this.#library.ssl.SSL_set_shutdown(pointer, SHUTDOWN_BOTH);
  }

  /** Reads at most `length` bytes into the front of `buffer`, of one record. */
  read(buffer: Uint8Array, length: number): number {
    const { ssl, crypto } = this.#library;
    clearErrorQueue(crypto);
    const pointer = this.#open();
    const result = ssl.SSL_read(pointer, buffer as Uint8Array<ArrayBuffer>, length);
    return result > 0 ? result : this.#outcome(pointer, result);
  }

  /** Sends the first bytes of `buffer`, `length` at most and one record (16 KiB) at a time. */
  write(buffer: Uint8Array, length: number): number {
    const { ssl, crypto } = this.#library;
    clearErrorQueue(crypto);
    const pointer = this.#open();
    const result = ssl.SSL_write(pointer, buffer as Uint8Array<ArrayBuffer>, length);
    if (result > 0) return result;
    const outcome = this.#outcome(pointer, result);
    switch (outcome) {
      // An end of the stream: nothing can be sent any more. A result of 0 would be tried again without end.
      case 0:
      case -errno.EPIPE:
      case -errno.ECONNRESET:
        return this.#readAlert(pointer) ?? -errno.EPIPE;
      default:
        return outcome;
    }
  }

  /**
   * Reads the alert by which a peer gave its reason before it closed the connection. Data before it stays unread
   * (SSL_peek).
   *
   * @returns `-EPROTO` for an alert
   */
  #readAlert(pointer: Deno.PointerObject): number | undefined {
    const { ssl, crypto } = this.#library;
    clearErrorQueue(crypto);
    const result = ssl.SSL_peek(pointer, new Uint8Array(1), 1);
    if (result > 0) return undefined;
    return ssl.SSL_get_error(pointer, result) === SslError.SSL ? this.#fail(pointer) : undefined;
  }

  /** Input that was read from the socket already, so that the socket does not report it as readable. */
  get hasPending(): boolean {
    return this.#library.ssl.SSL_has_pending(this.#open()) === 1;
  }

  /** Sends close_notify (RFC 8446 section 6.1), where the socket takes it. */
  shutdown(): void {
    // SSL_shutdown(3ossl): not after a fatal error, nor within the handshake, where it fails by itself.
    if (this.failure !== undefined || this.#broken || this.#pointer === null) return;
    clearErrorQueue(this.#library.crypto);
    this.#library.ssl.SSL_shutdown(this.#pointer);
    clearErrorQueue(this.#library.crypto);
  }

  /** The parameters that the handshake agreed on. To be called once it is done. */
  parameters(): TlsParameters {
    const { ssl } = this.#library;
    const pointer = this.#open();
    const cipher = ssl.SSL_get_current_cipher(pointer);
    return {
      version: textAt(ssl.SSL_get_version(pointer)),
      cipher: cipher === null ? "" : textAt(ssl.SSL_CIPHER_get_name(cipher)),
      resumed: ssl.SSL_session_reused(pointer) === 1,
    };
  }

  /** The peer's certificate in DER; undefined where it sent none. To be called once the handshake is done. */
  peerCertificate(): Uint8Array | undefined {
    const { ssl, crypto } = this.#library;
    const certificate = ssl.SSL_get1_peer_certificate(this.#open());
    if (certificate === null) return undefined;
    try {
      return encodeDer(this.#library.crypto.i2d_X509, certificate);
    } finally {
      crypto.X509_free(certificate);
    }
  }

  /**
   * The certificates in DER by which the peer's was verified, from its own to the CA's: none where it was not verified
   * in this handshake. To be called once the handshake is done.
   */
  verifiedChain(): Uint8Array[] {
    const { ssl, crypto } = this.#library;
    const chain = ssl.SSL_get0_verified_chain(this.#open());
    if (chain === null) return [];
    return Array.from(
      { length: crypto.OPENSSL_sk_num(chain) },
      (_, index) => encodeDer(crypto.i2d_X509, crypto.OPENSSL_sk_value(chain, index)),
    );
  }

  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    forgetLaterMessages(this.#pointer);
    this.#library.ssl.SSL_free(this.#pointer);
    this.#pointer = null;
    this.#onDisposed();
  }

  #open(): Deno.PointerObject {
    if (this.#pointer !== null) return this.#pointer;
    throw new LibsslError("LIBSSL_FAILED", "A TLS session was used after its disposal");
  }

  /** The result of a failed operation (SSL_get_error(3ossl)). */
  #outcome(pointer: Deno.PointerObject, result: number): number {
    // Read at once: other calls overwrite it.
    const systemError = lastErrno();
    this.wantsWrite = false;
    if (this.failure !== undefined) return -errno.EPROTO;
    switch (this.#library.ssl.SSL_get_error(pointer, result)) {
      case SslError.WANT_READ:
        return -errno.EAGAIN;
      case SslError.WANT_WRITE:
        this.wantsWrite = true;
        return -errno.EAGAIN;
      case SslError.ZERO_RETURN:
        return 0;
      case SslError.SYSCALL:
        // EAGAIN is seen here although it should be WANT_READ.
        if (systemError === errno.EAGAIN || systemError === errno.EINTR) return -systemError;
        this.#broken = true;
        return systemError === 0
          ? 0
          : systemError === errno.EPIPE
          ? -errno.EPIPE
          : -errno.ECONNRESET;
      default:
        return this.#fail(pointer);
    }
  }

  #fail(pointer: Deno.PointerObject): number {
    const { ssl, crypto } = this.#library;
    const queue = drainErrorQueue(crypto);
    const verdict = ssl.SSL_get_verify_result(pointer);
    const reason = verdict === X509_V_OK
      ? reasonOf(queue) || "protocol error"
      : `${textAt(crypto.X509_verify_cert_error_string(verdict))} (certificate)`;
    this.failure ??= new LibsslError("HANDSHAKE_FAILED", `TLS failed: ${reason}`, { queue });
    return -errno.EPROTO;
  }
}

/** An IPv4 address, or anything with a colon: names of other kinds than DNS. */
const IP_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|.*:.*)$/;

/** Has the handshake ask for a server by its name, and fail unless its certificate has the name. */
function expectName(
  { ssl, crypto }: SslLibrary,
  pointer: Deno.PointerObject,
  serverName: string,
): void {
  const name = new TextEncoder().encode(`${serverName}\0`);
  let result: number;
  if (IP_ADDRESS.test(serverName)) {
    // RFC 6066 section 3 allows no addresses in server_name.
    result = crypto.X509_VERIFY_PARAM_set1_ip_asc(ssl.SSL_get0_param(pointer), name);
  } else {
    ssl.SSL_set_hostflags(
      pointer,
      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
    );
    result = ssl.SSL_set1_host(pointer, name);
    const command = Ctrl.SET_TLSEXT_HOSTNAME;
    ssl.ssl_ctrl_bytes(pointer, command, BigInt(TLSEXT_NAMETYPE_HOST_NAME), name);
  }
  if (result === 1) return;
  ssl.SSL_free(pointer);
  throw new LibsslError(
    "LIBSSL_FAILED",
    `${JSON.stringify(serverName)} is no name that a certificate can have`,
  );
}

function textAt(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}
