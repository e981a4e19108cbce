/** Callers of the servers' connections. @module */
import { readSubjectNames, type SubjectNames } from "../../crypto/x509/mod.ts";
import type { Peer, Stream } from "../../net/mod.ts";
import type { Caller } from "../mod.ts";

/** Returns the caller of a connection. To be called while the connection is open, and after its TLS handshake. */
export function callerOf(
  { peer, peerCertificate }: Pick<Stream, "peer" | "peerCertificate">,
): Caller {
  return new ConnectionCaller(peer, peerCertificate);
}

/** The caller of a connection, whose certificate is parsed at the first use. */
class ConnectionCaller implements Caller {
  readonly peer: Peer;
  readonly token = undefined;
  /** The certificate in DER, until it is parsed. */
  #der: Uint8Array | undefined;
  #names: SubjectNames | undefined = undefined;

  constructor(peer: Peer, der: Uint8Array | undefined) {
    this.peer = peer;
    this.#der = der;
  }

  get certificate(): SubjectNames | undefined {
    if (this.#der !== undefined) {
      this.#names = readSubjectNames(this.#der);
      this.#der = undefined;
    }
    return this.#names;
  }
}
