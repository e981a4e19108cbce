// Original file: proto/signer/v1/server_info.proto

import type {
  SigningAlgorithm as _signer_v1_SigningAlgorithm,
  SigningAlgorithm__Output as _signer_v1_SigningAlgorithm__Output,
} from "../../signer/v1/SigningAlgorithm.ts";
import type {
  KeyType as _signer_v1_KeyType,
  KeyType__Output as _signer_v1_KeyType__Output,
} from "../../signer/v1/KeyType.ts";
import type {
  Limits as _signer_v1_Limits,
  Limits__Output as _signer_v1_Limits__Output,
} from "../../signer/v1/Limits.ts";
import type { Long } from "@grpc/proto-loader";

export interface GetServerInfoResponse {
  /**
   * The program's version, such as "0.1.0".
   */
  "version"?: string;
  /**
   * The values of the metadata key "signer-protocol" that this server speaks, newest first.
   */
  "protocolVersions"?: (string)[];
  /**
   * What the keys that it holds can sign with, in its order of preference.
   */
  "algorithms"?: (_signer_v1_SigningAlgorithm)[];
  /**
   * The types of the keys that it holds.
   */
  "keyTypes"?: (_signer_v1_KeyType)[];
  "limits"?: _signer_v1_Limits | null;
  /**
   * What does the cryptography, such as "openssl" and "OpenSSL 3.0.19 27 Jan 2026".
   */
  "provider"?: string;
  "providerVersion"?: string;
  /**
   * What speaks gRPC: "grpc-js" or "native".
   */
  "stack"?: string;
  /**
   * The server's process: only told to peers on the same machine, 0 to others.
   */
  "pid"?: number;
  /**
   * When that process began, in clock ticks since the machine did (field 22 of /proc/PID/stat), told
   * with pid. It tells the process from others that have the number elsewhere: in another container, or
   * behind a tunnel that makes a peer look local. 0 where it is not known.
   */
  "pidStartTicks"?: number | string | Long;
}

export interface GetServerInfoResponse__Output {
  /**
   * The program's version, such as "0.1.0".
   */
  "version": string;
  /**
   * The values of the metadata key "signer-protocol" that this server speaks, newest first.
   */
  "protocolVersions": (string)[];
  /**
   * What the keys that it holds can sign with, in its order of preference.
   */
  "algorithms": (_signer_v1_SigningAlgorithm__Output)[];
  /**
   * The types of the keys that it holds.
   */
  "keyTypes": (_signer_v1_KeyType__Output)[];
  "limits": _signer_v1_Limits__Output | null;
  /**
   * What does the cryptography, such as "openssl" and "OpenSSL 3.0.19 27 Jan 2026".
   */
  "provider": string;
  "providerVersion": string;
  /**
   * What speaks gRPC: "grpc-js" or "native".
   */
  "stack": string;
  /**
   * The server's process: only told to peers on the same machine, 0 to others.
   */
  "pid": number;
  /**
   * When that process began, in clock ticks since the machine did (field 22 of /proc/PID/stat), told
   * with pid. It tells the process from others that have the number elsewhere: in another container, or
   * behind a tunnel that makes a peer look local. 0 where it is not known.
   */
  "pidStartTicks": number;
}
