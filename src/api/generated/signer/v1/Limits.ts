// Original file: proto/signer/v1/server_info.proto

/**
 * What a request may ask for. Beyond it, the answer is RESOURCE_EXHAUSTED or INVALID_ARGUMENT.
 */
export interface Limits {
  /**
   * Bytes of one request message.
   */
  "maxRequestBytes"?: number;
  /**
   * Requests in one SignBatch.
   */
  "maxBatchItems"?: number;
}

/**
 * What a request may ask for. Beyond it, the answer is RESOURCE_EXHAUSTED or INVALID_ARGUMENT.
 */
export interface Limits__Output {
  /**
   * Bytes of one request message.
   */
  "maxRequestBytes": number;
  /**
   * Requests in one SignBatch.
   */
  "maxBatchItems": number;
}
