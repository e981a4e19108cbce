import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";

/** What `proto/signer/v1` declares, as proto-loader gives it. */
export function loadSignerPackage(options: Options): PackageDefinition {
  return load(
    ["signer/v1/echo.proto", "signer/v1/signing.proto", "signer/v1/server_info.proto"],
    options,
  );
}

/** What `proto/grpc/health/v1` declares, as proto-loader gives it. */
export function loadHealthPackage(options: Options): PackageDefinition {
  return load(["grpc/health/v1/health.proto"], options);
}

function load(files: string[], options: Options): PackageDefinition {
  const includeDirs = [fileURLToPath(new URL("../../../proto", import.meta.url))];
  return loadSync(files, { ...options, includeDirs });
}
