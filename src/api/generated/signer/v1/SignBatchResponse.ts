// Original file: proto/signer/v1/signing.proto

import type {
  SignResult as _signer_v1_SignResult,
  SignResult__Output as _signer_v1_SignResult__Output,
} from "../../signer/v1/SignResult.ts";

export interface SignBatchResponse {
  /**
   * One for each request, in their order.
   */
  "results"?: (_signer_v1_SignResult)[];
}

export interface SignBatchResponse__Output {
  /**
   * One for each request, in their order.
   */
  "results": (_signer_v1_SignResult__Output)[];
}
