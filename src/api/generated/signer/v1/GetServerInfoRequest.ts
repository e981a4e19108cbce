// deno-lint-ignore-file no-empty-interface
// Original file: proto/signer/v1/server_info.proto

export interface GetServerInfoRequest {
}

export interface GetServerInfoRequest__Output {
}
