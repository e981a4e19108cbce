/** The certificates and the private key of an SSL_CTX. @module */
import { cString } from "../_c_string.ts";
import { clearErrorQueue, drainErrorQueue } from "../_error_queue.ts";
import type { Pkey } from "../libcrypto/mod.ts";
import { Ctrl } from "./constants.ts";
import { expectOne, LibsslError, reasonOf } from "./errors.ts";
import type { SslLibrary } from "./symbols.ts";

/** A certificate chain and its private key. */
export interface TlsIdentity {
  /** Certificates in PEM: the leaf first, then intermediates. */
  readonly certificates: Uint8Array;
  /** The private key, which stays the caller's. */
  readonly key: Pkey;
}

/**
 * Sets the certificate chain and the private key of a context.
 *
 * @throws {LibsslError} `BAD_CERTIFICATE`, `KEY_MISMATCH`
 */
export function setIdentity(
  library: SslLibrary,
  context: Deno.PointerObject,
  { certificates, key }: TlsIdentity,
): void {
  const { ssl, crypto } = library;
  let first = true;
  forEachCertificate(library, certificates, (certificate) => {
    if (!first) {
      // The command with 1 counts a reference (SSL_CTX_add1_chain_cert(3ossl)).
      const added = ssl.SSL_CTX_ctrl(context, Ctrl.CHAIN_CERT, 1n, certificate);
      return expectOne(library, "SSL_CTX_add1_chain_cert", Number(added));
    }
    first = false;
    if (ssl.SSL_CTX_use_certificate(context, certificate) === 1) return;
    const queue = drainErrorQueue(crypto);
    throw new LibsslError("BAD_CERTIFICATE", `The certificate is refused: ${reasonOf(queue)}`, {
      queue,
    });
  });
  // The context counts a reference of its own.
  const used = ssl.SSL_CTX_use_PrivateKey(context, key.pointer);
  if (used === 1 && ssl.SSL_CTX_check_private_key(context) === 1) return;
  throw new LibsslError("KEY_MISMATCH", "The private key is not that of the certificate", {
    queue: drainErrorQueue(crypto),
  });
}

/** Runs `use` on each certificate of a PEM text, which holds one at least. */
export function forEachCertificate(
  library: SslLibrary,
  pem: Uint8Array,
  use: (certificate: Deno.PointerObject) => void,
): void {
  const { crypto } = library;
  const count = forEachPem(library, pem, crypto.PEM_read_bio_X509, crypto.X509_free, use);
  if (count > 0) return;
  throw new LibsslError("BAD_CERTIFICATE", "There is no certificate in PEM (BEGIN CERTIFICATE)");
}

/**
 * The passphrase for PEM objects that say they are encrypted. Without one, pem_password_cb(3ossl) asks on the terminal or
 * on standard input, which stops the thread.
 */
const NO_PASSPHRASE = cString("");

type PemReader = (
  bio: Deno.PointerValue,
  out: Deno.PointerValue,
  callback: Deno.PointerValue,
  argument: Deno.PointerValue,
) => Deno.PointerValue;

/**
 * Reads every object of one kind from a PEM text, and returns their number.
 *
 * @throws {LibsslError} `BAD_CERTIFICATE` for an object that is damaged
 */
export function forEachPem(
  { crypto }: SslLibrary,
  pem: Uint8Array,
  read: PemReader,
  free: (object: Deno.PointerValue) => void,
  use: (object: Deno.PointerObject) => void,
): number {
  clearErrorQueue(crypto);
  const passphrase = Deno.UnsafePointer.of(NO_PASSPHRASE);
  const bio = crypto.BIO_new_mem_buf(pem as Uint8Array<ArrayBuffer>, pem.length);
  try {
    for (let count = 0;; count++) {
      const object = read(bio, null, null, passphrase);
      if (object === null) {
        const queue = drainErrorQueue(crypto);
        // PEM_R_NO_START_LINE: the text has ended.
        if (queue.every((entry) => entry.includes("no start line"))) return count;
        throw new LibsslError("BAD_CERTIFICATE", `PEM cannot be read: ${reasonOf(queue)}`, {
          queue,
        });
      }
      try {
        use(object);
      } finally {
        free(object);
      }
    }
  } finally {
    crypto.BIO_free(bio);
  }
}
