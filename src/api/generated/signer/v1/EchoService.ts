// Original file: proto/signer/v1/echo.proto

import type { MethodDefinition } from "../../../../grpc/mod.ts";
import type {
  EchoRequest as _signer_v1_EchoRequest,
  EchoRequest__Output as _signer_v1_EchoRequest__Output,
} from "../../signer/v1/EchoRequest.ts";
import type {
  EchoResponse as _signer_v1_EchoResponse,
  EchoResponse__Output as _signer_v1_EchoResponse__Output,
} from "../../signer/v1/EchoResponse.ts";

export interface EchoServiceDefinition {
  Echo: MethodDefinition<
    _signer_v1_EchoRequest,
    _signer_v1_EchoResponse,
    _signer_v1_EchoRequest__Output,
    _signer_v1_EchoResponse__Output
  >;
}
