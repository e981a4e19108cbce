// Original file: proto/signer/v1/signing.proto

/**
 * Why one request of a batch or a stream was not signed.
 */
export interface SignError {
  /**
   * A gRPC status code, as Sign would have ended with.
   */
  "code"?: number;
  "message"?: string;
}

/**
 * Why one request of a batch or a stream was not signed.
 */
export interface SignError__Output {
  /**
   * A gRPC status code, as Sign would have ended with.
   */
  "code": number;
  "message": string;
}
