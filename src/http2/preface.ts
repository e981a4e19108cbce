/** What a client begins a connection with (RFC 9113 section 3.4), before its SETTINGS. */
export const CLIENT_PREFACE: Uint8Array = new TextEncoder().encode(
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
);
