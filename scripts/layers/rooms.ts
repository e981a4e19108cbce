/**
 * The rooms of `src` and the imports that each is allowed: other rooms, by their folders, and packages, as
 * `npm:NAME`. Each folder with TypeScript files is a room; a new one gets a line here. One that ends in `/**`
 * takes in the folders below it. Imports of `node:` modules are free.
 *
 * @module
 */

/** Each room's folder with its allowed imports. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

export const rooms: Rooms = {
  "src/cli": [
    "src/cli/bench",
    "src/cli/call",
    "src/cli/completion",
    "src/cli/doctor",
    "src/cli/keygen",
    "src/cli/serve",
    "src/crypto",
    "src/errors",
    "src/ffi",
    "src/grpc",
    "src/http2",
    "src/net",
    "src/telemetry",
    "npm:commander",
  ],
  "src/cli/bench": [
    "src/api",
    "src/bench",
    "src/cli",
    "src/cli/client",
    "src/crypto",
    "src/ffi",
    "src/grpc",
    "src/grpc/reflection",
    "src/grpc/stacks",
    "src/net",
    "npm:commander",
  ],
  "src/cli/call": [
    "src/api",
    "src/cli",
    "src/cli/client",
    "src/grpc/reflection",
    "npm:@bufbuild/protobuf",
    "npm:commander",
  ],
  "src/cli/client": [
    "src/api",
    "src/cli",
    "src/cli/passphrase",
    "src/crypto",
    "src/errors",
    "src/ffi",
    "src/grpc",
    "src/grpc/reflection",
    "src/grpc/stacks",
    "src/net",
    "npm:@bufbuild/protobuf",
    "npm:commander",
  ],
  "src/cli/completion": ["src/cli", "npm:commander"],
  "src/cli/doctor": [
    "src/api",
    "src/cli",
    "src/cli/client",
    "src/crypto",
    "src/net",
    "npm:commander",
  ],
  "src/cli/keygen": ["src/cli", "src/cli/passphrase", "src/crypto", "npm:commander"],
  "src/cli/passphrase": ["src/cli", "src/crypto"],
  "src/cli/serve": [
    "src/cli",
    "src/cli/passphrase",
    "src/crypto",
    "src/ffi",
    "src/grpc",
    "src/grpc/native/workers",
    "src/grpc/stacks",
    "src/net",
    "src/services",
    "src/telemetry",
    "npm:commander",
  ],

  "src/bench": [
    "src/bench/collector",
    "src/bench/load",
    "src/bench/pacer",
    "src/bench/report",
    "src/bench/resources",
  ],
  "src/bench/collector": ["src/grpc"],
  "src/bench/load": [
    "src/api",
    "src/bench/collector",
    "src/bench/pacer",
    "src/bench/resources",
    "src/crypto",
    "src/ffi",
    "src/grpc",
    "src/grpc/grpcjs",
    "src/grpc/native/client",
    "src/grpc/stacks",
    "src/net",
  ],
  "src/bench/pacer": [],
  "src/bench/report": [
    "src/bench/collector",
    "src/bench/load",
    "src/bench/resources",
    "src/errors",
  ],
  "src/bench/resources": ["src/ffi"],

  "src/services": ["src/api", "src/crypto", "src/grpc"],

  "src/grpc/stacks": [
    "src/grpc",
    "src/grpc/grpcjs",
    "src/grpc/native/client",
    "src/grpc/native/server",
    "src/grpc/native/workers",
    "src/net",
  ],
  "src/grpc/native/workers": [
    "src/ffi",
    "src/grpc",
    "src/grpc/native/server",
    "src/net",
    "src/telemetry",
  ],
  "src/grpc/native/server": [
    "src/ffi",
    "src/grpc",
    "src/grpc/callers",
    "src/grpc/native",
    "src/grpc/scheduling",
    "src/http2",
    "src/net",
    "src/telemetry",
  ],
  "src/grpc/native/client": [
    "src/ffi",
    "src/grpc",
    "src/grpc/native",
    "src/grpc/scheduling",
    "src/http2",
    "src/net",
  ],
  "src/grpc/native": ["src/grpc", "src/http2"],
  "src/grpc/grpcjs": [
    "src/api",
    "src/grpc",
    "src/grpc/callers",
    "src/grpc/scheduling",
    "src/net",
    "src/telemetry",
    "npm:@grpc/grpc-js",
    "npm:@grpc/proto-loader",
  ],
  "src/grpc/reflection": ["src/errors", "src/grpc", "npm:@bufbuild/protobuf", "npm:protobufjs"],
  "src/grpc/scheduling": ["src/grpc"],
  "src/grpc/callers": ["src/crypto/x509", "src/grpc", "src/net"],
  "src/api": ["src/api/generated/**", "src/grpc"],
  "src/api/generated/**": ["src/grpc", "src/protobuf"],
  "src/grpc": ["src/crypto/x509", "src/errors", "src/net", "src/protobuf"],

  "src/http2": ["src/errors", "src/http2/frame", "src/http2/hpack"],
  "src/http2/frame": ["src/http2"],
  "src/http2/hpack": ["src/http2"],

  "src/crypto": [
    "src/crypto/builtin",
    "src/crypto/encoding",
    "src/crypto/key_file",
    "src/crypto/openssl",
    "src/crypto/x509",
    "src/errors",
  ],
  "src/crypto/builtin": ["src/crypto", "src/crypto/encoding"],
  "src/crypto/encoding": ["src/crypto", "src/crypto/encoding/families", "src/errors"],
  "src/crypto/encoding/families": ["src/crypto", "src/crypto/encoding"],
  "src/crypto/key_file": ["src/crypto", "src/crypto/encoding"],
  "src/crypto/openssl": ["src/crypto", "src/crypto/encoding", "src/ffi"],
  "src/crypto/x509": ["src/crypto", "src/crypto/encoding"],

  "src/net": ["src/errors", "src/ffi", "src/net/tls"],
  "src/net/tls": ["src/ffi", "src/net"],

  "src/telemetry": ["src/ffi", "npm:@logtape/logtape"],

  "src/protobuf": ["src/errors"],

  "src/ffi": ["src/ffi/libc", "src/ffi/libcrypto", "src/ffi/libssl"],
  "src/ffi/libc": ["src/errors"],
  "src/ffi/libcrypto": ["src/errors"],
  "src/ffi/libssl": ["src/errors", "src/ffi/libc", "src/ffi/libcrypto"],

  "src/errors": [],
};

/** Rooms without a `mod.ts`, of which other rooms may import any file. */
export const withoutIndex: ReadonlySet<string> = new Set([
  // Each command loads the files that it needs.
  "src/cli/client",
]);
