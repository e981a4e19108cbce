// deno-lint-ignore-file no-empty-interface
// Original file: proto/signer/v1/signing.proto

export interface ListKeysRequest {
}

export interface ListKeysRequest__Output {
}
