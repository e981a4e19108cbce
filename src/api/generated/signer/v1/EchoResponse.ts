// Original file: proto/signer/v1/echo.proto

export interface EchoResponse {
  "message"?: string;
  "payload"?: Buffer | Uint8Array | string;
}

export interface EchoResponse__Output {
  "message": string;
  "payload": Buffer;
}
