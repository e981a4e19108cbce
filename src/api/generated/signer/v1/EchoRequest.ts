// Original file: proto/signer/v1/echo.proto

export interface EchoRequest {
  "message"?: string;
  /**
   * Opaque bytes, for messages of a chosen size.
   */
  "payload"?: Buffer | Uint8Array | string;
}

export interface EchoRequest__Output {
  "message": string;
  /**
   * Opaque bytes, for messages of a chosen size.
   */
  "payload": Buffer;
}
