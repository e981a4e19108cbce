/** Methods of a channel with the request headers that all of their calls share. @module */
import { type PreparedHeaders, prepareHeaders } from "../../../http2/mod.ts";
import { type Compression, Metadata } from "../../mod.ts";
import { acceptedEncodings, contentType, headerNames, metadataFields } from "../mod.ts";
import type { ChannelSettings } from "./_options.ts";

/** A method of one channel's servers, with the request headers that all of its calls share. */
export interface PreparedMethod {
  /** The full name, as in `/signer.v1.EchoService/Echo`. */
  readonly path: string;
  readonly headers: PreparedHeaders;
  readonly compression: Compression | undefined;
}

/** Methods kept for a channel: far more than a service has. */
const MAX_KEPT = 256;

/** Prepares the methods of one channel, and caches the ones without metadata. */
export class PreparedMethods {
  readonly #settings: ChannelSettings;
  readonly #kept = new Map<string, PreparedMethod>();

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
  }

  /** Returns the method without metadata, prepared by the first call. */
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

  /** Prepares a method with metadata that all of its calls send. */
  prepare(
    path: string,
    compression: Compression | undefined,
    metadata = new Metadata(),
  ): PreparedMethod {
    const { tls, authority, userAgent } = this.#settings;
    const scheme = tls === undefined ? "http" : "https";
    const headers = prepareHeaders([
      ...[":method", "POST", ":scheme", scheme, ":path", path, ":authority", authority],
      ...[headerNames.te, "trailers", headerNames.contentType, contentType],
      ...[headerNames.userAgent, userAgent, headerNames.acceptEncoding, acceptedEncodings],
      ...(compression === undefined ? [] : [headerNames.encoding, compression]),
      ...metadataFields(withoutUserAgent(metadata)),
    ]);
    return { path, headers, compression };
  }
}

/** Returns the metadata without `user-agent`, which the channel sends itself. */
export function withoutUserAgent(metadata: Metadata): Metadata {
  if (metadata.get(headerNames.userAgent) === undefined) return metadata;
  return new Metadata([...metadata].filter(([name]) => name !== headerNames.userAgent));
}
