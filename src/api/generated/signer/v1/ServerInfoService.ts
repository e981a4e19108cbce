// Original file: proto/signer/v1/server_info.proto

import type { MethodDefinition } from "../../../../grpc/mod.ts";
import type {
  GetServerInfoRequest as _signer_v1_GetServerInfoRequest,
  GetServerInfoRequest__Output as _signer_v1_GetServerInfoRequest__Output,
} from "../../signer/v1/GetServerInfoRequest.ts";
import type {
  GetServerInfoResponse as _signer_v1_GetServerInfoResponse,
  GetServerInfoResponse__Output as _signer_v1_GetServerInfoResponse__Output,
} from "../../signer/v1/GetServerInfoResponse.ts";

export interface ServerInfoServiceDefinition {
  GetServerInfo: MethodDefinition<
    _signer_v1_GetServerInfoRequest,
    _signer_v1_GetServerInfoResponse,
    _signer_v1_GetServerInfoRequest__Output,
    _signer_v1_GetServerInfoResponse__Output
  >;
}
