/** The certificate revocation lists of an SSL_CTX (RFC 5280 section 5). @module */
import { encodeDer } from "./_der.ts";
import { forEachPem } from "./_identity.ts";
import { expectOne, failed, LibsslError } from "./errors.ts";
import type { SslLibrary } from "./symbols.ts";

/** A certificate revocation list. */
export interface RevocationList {
  /** The issuer's distinguished name, in DER. */
  readonly issuer: Uint8Array;
  /** The time of issue (thisUpdate), in milliseconds since 1970. */
  readonly issuedAt: number;
  /** The time by which the next list is issued, from which OpenSSL does not accept this one; undefined without one. */
  readonly nextUpdate: number | undefined;
}

/**
 * Adds the revocation lists of a PEM text, which holds one at least, to a store.
 *
 * @throws {LibsslError} `BAD_CRL`
 */
export function addCrls(
  library: SslLibrary,
  store: Deno.PointerValue,
  pem: Uint8Array,
): RevocationList[] {
  const { crypto } = library;
  const { PEM_read_bio_X509_CRL: read, X509_CRL_free: free } = crypto;
  const lists: RevocationList[] = [];
  forEachPem(library, pem, read, free, (crl) => {
    expectOne(library, "X509_STORE_add_crl", crypto.X509_STORE_add_crl(store, crl));
    lists.push(describe(library, crl));
  });
  if (lists.length > 0) return lists;
  throw new LibsslError("BAD_CRL", "There is no revocation list in PEM (BEGIN X509 CRL)");
}

function describe(library: SslLibrary, crl: Deno.PointerObject): RevocationList {
  const { crypto } = library;
  const nextUpdate = crypto.X509_CRL_get0_nextUpdate(crl);
  return {
    issuer: encodeDer(crypto.i2d_X509_NAME, crypto.X509_CRL_get_issuer(crl)),
    issuedAt: timeOf(library, crypto.X509_CRL_get0_lastUpdate(crl)),
    nextUpdate: nextUpdate === null ? undefined : timeOf(library, nextUpdate),
  };
}

/** Converts an ASN1_TIME to milliseconds since 1970, by its distance from an ASN1_TIME of 1970. */
function timeOf(library: SslLibrary, time: Deno.PointerValue): number {
  const { crypto } = library;
  const epoch = crypto.ASN1_TIME_set(null, 0n);
  try {
    const [days, seconds] = [new Int32Array(1), new Int32Array(1)];
    if (crypto.ASN1_TIME_diff(days, seconds, epoch, time) !== 1) {
      throw failed(library, "ASN1_TIME_diff");
    }
    return (days[0] * 86_400 + seconds[0]) * 1_000;
  } finally {
    crypto.ASN1_TIME_free(epoch);
  }
}
