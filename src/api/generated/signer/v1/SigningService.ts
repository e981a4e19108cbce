// Original file: proto/signer/v1/signing.proto

import type { MethodDefinition } from "../../../../grpc/mod.ts";
import type {
  GetPublicKeyRequest as _signer_v1_GetPublicKeyRequest,
  GetPublicKeyRequest__Output as _signer_v1_GetPublicKeyRequest__Output,
} from "../../signer/v1/GetPublicKeyRequest.ts";
import type {
  GetPublicKeyResponse as _signer_v1_GetPublicKeyResponse,
  GetPublicKeyResponse__Output as _signer_v1_GetPublicKeyResponse__Output,
} from "../../signer/v1/GetPublicKeyResponse.ts";
import type {
  ListKeysRequest as _signer_v1_ListKeysRequest,
  ListKeysRequest__Output as _signer_v1_ListKeysRequest__Output,
} from "../../signer/v1/ListKeysRequest.ts";
import type {
  ListKeysResponse as _signer_v1_ListKeysResponse,
  ListKeysResponse__Output as _signer_v1_ListKeysResponse__Output,
} from "../../signer/v1/ListKeysResponse.ts";
import type {
  SignBatchRequest as _signer_v1_SignBatchRequest,
  SignBatchRequest__Output as _signer_v1_SignBatchRequest__Output,
} from "../../signer/v1/SignBatchRequest.ts";
import type {
  SignBatchResponse as _signer_v1_SignBatchResponse,
  SignBatchResponse__Output as _signer_v1_SignBatchResponse__Output,
} from "../../signer/v1/SignBatchResponse.ts";
import type {
  SignRequest as _signer_v1_SignRequest,
  SignRequest__Output as _signer_v1_SignRequest__Output,
} from "../../signer/v1/SignRequest.ts";
import type {
  SignResponse as _signer_v1_SignResponse,
  SignResponse__Output as _signer_v1_SignResponse__Output,
} from "../../signer/v1/SignResponse.ts";
import type {
  SignResult as _signer_v1_SignResult,
  SignResult__Output as _signer_v1_SignResult__Output,
} from "../../signer/v1/SignResult.ts";
import type {
  VerifyRequest as _signer_v1_VerifyRequest,
  VerifyRequest__Output as _signer_v1_VerifyRequest__Output,
} from "../../signer/v1/VerifyRequest.ts";
import type {
  VerifyResponse as _signer_v1_VerifyResponse,
  VerifyResponse__Output as _signer_v1_VerifyResponse__Output,
} from "../../signer/v1/VerifyResponse.ts";

export interface SigningServiceDefinition {
  GetPublicKey: MethodDefinition<
    _signer_v1_GetPublicKeyRequest,
    _signer_v1_GetPublicKeyResponse,
    _signer_v1_GetPublicKeyRequest__Output,
    _signer_v1_GetPublicKeyResponse__Output
  >;
  ListKeys: MethodDefinition<
    _signer_v1_ListKeysRequest,
    _signer_v1_ListKeysResponse,
    _signer_v1_ListKeysRequest__Output,
    _signer_v1_ListKeysResponse__Output
  >;
  Sign: MethodDefinition<
    _signer_v1_SignRequest,
    _signer_v1_SignResponse,
    _signer_v1_SignRequest__Output,
    _signer_v1_SignResponse__Output
  >;
  SignBatch: MethodDefinition<
    _signer_v1_SignBatchRequest,
    _signer_v1_SignBatchResponse,
    _signer_v1_SignBatchRequest__Output,
    _signer_v1_SignBatchResponse__Output
  >;
  SignStream: MethodDefinition<
    _signer_v1_SignRequest,
    _signer_v1_SignResult,
    _signer_v1_SignRequest__Output,
    _signer_v1_SignResult__Output
  >;
  Verify: MethodDefinition<
    _signer_v1_VerifyRequest,
    _signer_v1_VerifyResponse,
    _signer_v1_VerifyRequest__Output,
    _signer_v1_VerifyResponse__Output
  >;
}
