import { Buffer } from "node:buffer";
import type { HeaderField } from "../../http2/mod.ts";
import { Metadata } from "../contract/mod.ts";
import { headerNames } from "./header_names.ts";

/** Fields that carry the call itself and are no metadata: neither handed out nor sent as such. */
const reserved: ReadonlySet<string> = new Set([
  ...Object.values(headerNames).filter((name) => name !== headerNames.userAgent),
  "accept-encoding",
  "content-length",
  "host",
]);

/**
 * The metadata in header fields (grpc's PROTOCOL-HTTP2.md, Custom-Metadata). What gRPC does not allow is
 * left out rather than made the call's failure: HTTP/2 lets through more than gRPC does.
 */
export function metadataOf(fields: readonly HeaderField[]): Metadata {
  const metadata = new Metadata();
  for (const { name, value } of fields) {
    if (reserved.has(name)) continue;
    if (name.endsWith("-bin")) {
      // Several values may stand in one field, and the padding may be there or not.
      for (const part of value.split(",")) addAllowed(metadata, name, decodeBinary(part));
    } else {
      addAllowed(metadata, name, value);
    }
  }
  return metadata;
}

/** Metadata as header fields: name, value, name, value, …. Reserved names are left out. */
export function metadataFields(metadata: Metadata): string[] {
  const fields: string[] = [];
  for (const [name, value] of metadata) {
    if (!reserved.has(name)) fields.push(name, fieldValue(value));
  }
  return fields;
}

function fieldValue(value: string | Uint8Array): string {
  // HTTP/2 has no white space at the ends of a value (RFC 9113 section 8.2.1).
  return typeof value === "string" ? value.trim() : encodeBinary(value);
}

/** Base64 without padding, as the specification asks of those who send. */
function encodeBinary(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes;
  return Buffer.from(buffer, byteOffset, length).toString("base64").replace(/=+$/, "");
}

function decodeBinary(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.trim(), "base64"));
}

function addAllowed(metadata: Metadata, name: string, value: string | Uint8Array): void {
  try {
    metadata.add(name, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
