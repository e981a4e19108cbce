// Original file: proto/signer/v1/signing.proto

import type {
  SignResponse as _signer_v1_SignResponse,
  SignResponse__Output as _signer_v1_SignResponse__Output,
} from "../../signer/v1/SignResponse.ts";
import type {
  SignError as _signer_v1_SignError,
  SignError__Output as _signer_v1_SignError__Output,
} from "../../signer/v1/SignError.ts";

export interface SignResult {
  "response"?: _signer_v1_SignResponse | null;
  "error"?: _signer_v1_SignError | null;
  "result"?: "response" | "error";
}

export interface SignResult__Output {
  "response"?: _signer_v1_SignResponse__Output | null;
  "error"?: _signer_v1_SignError__Output | null;
  "result"?: "response" | "error";
}
