// Original file: proto/signer/v1/signing.proto

import type {
  SignRequest as _signer_v1_SignRequest,
  SignRequest__Output as _signer_v1_SignRequest__Output,
} from "../../signer/v1/SignRequest.ts";

export interface SignBatchRequest {
  "requests"?: (_signer_v1_SignRequest)[];
}

export interface SignBatchRequest__Output {
  "requests": (_signer_v1_SignRequest__Output)[];
}
