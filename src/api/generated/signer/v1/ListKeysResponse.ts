// Original file: proto/signer/v1/signing.proto

import type {
  KeyInfo as _signer_v1_KeyInfo,
  KeyInfo__Output as _signer_v1_KeyInfo__Output,
} from "../../signer/v1/KeyInfo.ts";

export interface ListKeysResponse {
  "keys"?: (_signer_v1_KeyInfo)[];
}

export interface ListKeysResponse__Output {
  "keys": (_signer_v1_KeyInfo__Output)[];
}
