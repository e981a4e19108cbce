import { type PreparedHeaders, prepareHeaders } from "../../../http2/mod.ts";
import { type Compression, Metadata } from "../../mod.ts";
import { acceptedEncodings, contentType, headerNames, metadataFields } from "../mod.ts";

/** A method of the servers of one channel, with all that its calls have in common. */
export interface PreparedMethod {
  /** As in `/signer.v1.EchoService/Echo`. */
  readonly path: string;
  readonly headers: PreparedHeaders;
  readonly compression: Compression | undefined;
}

/** Methods that are kept prepared: far more than a service has. */
const MAX_KEPT = 256;

/** The methods that a channel calls, prepared when they are first called. */
export class Methods {
  readonly #scheme: "http" | "https";
  readonly #authority: string;
  readonly #userAgent: string;
  readonly #kept = new Map<string, PreparedMethod>();

  constructor(scheme: "http" | "https", authority: string, userAgent: string) {
    this.#scheme = scheme;
    this.#authority = authority;
    this.#userAgent = userAgent;
  }

  /** A method without metadata, made once. */
  get(path: string, compression: Compression | undefined): PreparedMethod {
    const key = compression === undefined ? path : `${compression} ${path}`;
    let method = this.#kept.get(key);
    if (method === undefined) {
      method = this.prepare(path, compression);
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(key, method);
    }
    return method;
  }

  /** A method with the metadata that all of its calls send. */
  prepare(
    path: string,
    compression: Compression | undefined,
    metadata = new Metadata(),
  ): PreparedMethod {
    const headers = prepareHeaders([
      ...[":method", "POST", ":scheme", this.#scheme, ":path", path, ":authority", this.#authority],
      ...[headerNames.te, "trailers", headerNames.contentType, contentType],
      ...[headerNames.userAgent, this.#userAgent, headerNames.acceptEncoding, acceptedEncodings],
      ...(compression === undefined ? [] : [headerNames.encoding, compression]),
      ...metadataFields(withoutUserAgent(metadata)),
    ]);
    return { path, headers, compression };
  }
}

/** Metadata without the one name that is the channel's own to send. */
export function withoutUserAgent(metadata: Metadata): Metadata {
  if (metadata.get(headerNames.userAgent) === undefined) return metadata;
  return new Metadata([...metadata].filter(([name]) => name !== headerNames.userAgent));
}
