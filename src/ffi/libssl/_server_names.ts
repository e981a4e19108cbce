/**
 * The choice of a certificate by the server name that a client sends (RFC 6066 section 3).
 *
 * A server with several certificates has an SSL_CTX for each, alike in all else. A connection begins with the
 * first one, and SSL_set_SSL_CTX moves it to the one whose certificate has the name.
 *
 * @module
 */
import {
  Ctrl,
  SSL_TLSEXT_ERR_OK,
  TLSEXT_NAMETYPE_HOST_NAME,
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
  X509_CHECK_FLAG_NO_WILDCARDS,
} from "./constants.ts";
import type { SslLibrary } from "./symbols.ts";

/** SSL_CTX_set_tlsext_servername_callback(3ossl): SSL, alert, argument. */
const definition = { parameters: ["pointer", "pointer", "pointer"], result: "i32" } as const;

/** The flags of the searches for a name: a certificate with the whole name precedes one with a wildcard. */
const SEARCHES = [
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS,
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
];

type Contexts = readonly Deno.PointerObject[];

/** The contexts of each server with several certificates, by the address of the first. */
const servers = new Map<bigint, Contexts>();

let callback: Deno.UnsafeCallback<typeof definition> | undefined;

/** Has the connections of the first context move to the one that has their server name. */
export function chooseByServerName(library: SslLibrary, contexts: Contexts): void {
  const [first] = contexts;
  callback ??= new Deno.UnsafeCallback(definition, (ssl) => {
    moveByServerName(library, ssl!);
    // The first certificate where no other has the name: the client refuses it by itself.
    return SSL_TLSEXT_ERR_OK;
  });
  library.ssl.SSL_CTX_callback_ctrl(first, Ctrl.SET_TLSEXT_SERVERNAME_CB, callback.pointer);
  servers.set(addressOf(first), contexts);
}

/** Ends the choice, before the contexts are freed. */
export function forgetServerNames([first]: Contexts): void {
  servers.delete(addressOf(first));
}

function moveByServerName({ ssl, crypto }: SslLibrary, connection: Deno.PointerObject): void {
  const contexts = servers.get(addressOf(ssl.SSL_get_SSL_CTX(connection)!));
  const name = ssl.SSL_get_servername(connection, TLSEXT_NAMETYPE_HOST_NAME);
  if (contexts === undefined || name === null) return;
  for (const flags of SEARCHES) {
    for (const context of contexts) {
      const certificate = ssl.SSL_CTX_get0_certificate(context);
      // A length of 0 stands for strlen(3). Names are compared without case.
      if (crypto.X509_check_host(certificate, name, 0n, flags, null) !== 1) continue;
      ssl.SSL_set_SSL_CTX(connection, context);
      return;
    }
  }
}

function addressOf(pointer: Deno.PointerObject): bigint {
  return BigInt(Deno.UnsafePointer.value(pointer));
}
