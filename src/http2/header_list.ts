/** Received header lists. @module */
import { FieldKind, kindOf } from "./_field_kind.ts";
import type { HeaderField } from "./hpack/mod.ts";

const REQUEST = FieldKind.METHOD | FieldKind.SCHEME | FieldKind.PATH;
const CONNECT = FieldKind.METHOD | FieldKind.AUTHORITY;

/**
 * A received header list, checked by RFC 9113 section 8. Lists are shared and read-only: a block that the peer
 * repeats is the same object, so values derived from a list can be kept in it.
 */
export class HeaderList {
  /** The fields without pseudo-headers, in the order of the block. */
  readonly fields: readonly HeaderField[];
  readonly method: string = "";
  readonly scheme: string = "";
  /** `:authority`, or else the `host` field (section 8.3.1). */
  readonly authority: string = "";
  readonly path: string = "";
  /** The status code, 0 in a request. */
  readonly status: number = 0;
  /** The value of `content-length`, -1 without one. */
  readonly contentLength: number = -1;
  /** A value that the application has derived from the list, kept as long as the peer repeats it. */
  derived: unknown = undefined;
  /** The pseudo-headers of the list, as bits of `FieldKind`. */
  readonly #pseudo: number = 0;
  /** The fault of the list in any kind of section, "" for none. */
  readonly #fault: string = "";

  constructor(all: readonly HeaderField[]) {
    const fields: HeaderField[] = [];
    for (const field of all) {
      const kind = kindOf(field);
      if (kind === FieldKind.MALFORMED) {
        this.#fault = "A field is not allowed in HTTP/2 or has a malformed name or value";
        break;
      }
      if (kind < FieldKind.REGULAR) {
        // Section 8.3: before all other fields, and once.
        if (fields.length > 0 || (this.#pseudo & kind) !== 0) {
          this.#fault = "A pseudo-header field is repeated or follows a regular field";
          break;
        }
        this.#pseudo |= kind;
        if (kind === FieldKind.METHOD) this.method = field.value;
        else if (kind === FieldKind.SCHEME) this.scheme = field.value;
        else if (kind === FieldKind.AUTHORITY) this.authority = field.value;
        else if (kind === FieldKind.PATH) this.path = field.value;
        else this.status = parseStatus(field.value);
        continue;
      }
      fields.push(field);
      if (kind === FieldKind.CONTENT_LENGTH) {
        const length = Number(field.value);
        if (this.contentLength >= 0 && this.contentLength !== length) {
          this.#fault = "The content-length fields differ";
          break;
        }
        this.contentLength = length;
      } else if (kind === FieldKind.HOST) {
        if (this.authority === "") {
          this.authority = field.value;
        } else if (this.authority.toLowerCase() !== field.value.toLowerCase()) {
          // Section 8.3.1: a server should treat a request whose host differs as malformed.
          this.#fault = "The host field differs from :authority";
          break;
        }
      }
    }
    this.fields = fields;
  }

  /** The value of the first field with this name (in lower case), or undefined. */
  get(name: string): string | undefined {
    for (const field of this.fields) if (field.name === name) return field.value;
    return undefined;
  }

  /** The fault of the list as the header section of a request (section 8.3.1), "" for none. */
  requestFault(): string {
    if (this.#fault !== "") return this.#fault;
    if (this.method === "CONNECT") {
      // Section 8.5.
      return this.#pseudo === CONNECT ? "" : "A CONNECT request has other pseudo-header fields";
    }
    if ((this.#pseudo & ~FieldKind.AUTHORITY) !== REQUEST) {
      return "A request lacks a pseudo-header field or has one of a response";
    }
    if (this.method === "") return "A request has an empty method";
    const path = this.path.startsWith("/") || (this.path === "*" && this.method === "OPTIONS");
    return path || (this.scheme !== "http" && this.scheme !== "https") ? "" : "A path is malformed";
  }

  /** The fault of the list as the header section of a response (section 8.3.2), "" for none. */
  responseFault(): string {
    if (this.#fault !== "") return this.#fault;
    if (this.#pseudo !== FieldKind.STATUS) {
      return "A response has other pseudo-header fields than :status";
    }
    // Section 8.6: HTTP/2 has no 101.
    return this.status < 100 || this.status === 101 ? "A response has a malformed status" : "";
  }

  /** The fault of the list as a trailer section (section 8.1), "" for none. */
  trailersFault(): string {
    return this.#fault || (this.#pseudo === 0 ? "" : "A trailer section has a pseudo-header field");
  }
}

function parseStatus(value: string): number {
  return /^[1-9][0-9]{2}$/.test(value) ? Number(value) : -1;
}
