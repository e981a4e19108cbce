import { FieldKind, kindOf } from "./_field_kind.ts";
import { connectionError } from "./errors.ts";
import { PreparedHeaders } from "./hpack/mod.ts";

/**
 * Makes a header list that is sent many times: one for each method of a client, one for each kind of response
 * of a server.
 *
 * @param fields name, value, name, value, …, pseudo-headers first
 * @throws {Http2Error} INTERNAL_ERROR for a field that may not be sent (RFC 9113 section 8.2)
 */
export function prepareHeaders(fields: readonly string[]): PreparedHeaders {
  const headers = new PreparedHeaders(fields);
  let regular = false;
  for (const field of headers.fields) {
    const kind = kindOf(field);
    if (kind === FieldKind.MALFORMED || (regular && kind < FieldKind.REGULAR)) {
      throw connectionError("INTERNAL_ERROR", `The field ${field.name} may not be sent`);
    }
    regular = kind >= FieldKind.REGULAR;
  }
  return headers;
}
