/** The calls that a bench makes, from the options. @module */
import {
  echoDefinition,
  protocolHeader,
  protocolVersions,
  signingDefinition,
  type SignRequestInit,
} from "../../api/mod.ts";
import type { AlgorithmName } from "../../crypto/mod.ts";
import { randomBytes, type Verification } from "../../bench/mod.ts";
import { chooseKey, type KeySelector } from "../client/keys/mod.ts";
import { readHeaders, refuseOpenToken, Session } from "../client/mod.ts";
import { readFile } from "../read_file.ts";
import { usageError } from "../exit.ts";
import { callName, type NamedWorkload } from "./named_workload.ts";
import type { BenchOptions } from "./options.ts";
import { openSession } from "./session.ts";
import type { Target } from "./target.ts";

/** The largest generated payload, in bytes. A file may be larger. */
const MAX_PAYLOAD = 64 * 1024 * 1024;

/** The methods whose requests are known. */
const named = ["echo", "sign", "pipeline"];

/**
 * Checks the options of a method, and reads their headers, before a server is started or dialled.
 *
 * @throws {CliError}
 */
export async function checkWorkload(
  method: string | undefined,
  options: BenchOptions,
): Promise<BenchOptions> {
  if (method === undefined) {
    throw usageError(
      "No method is named",
      "Name echo, sign, pipeline or a method such as signer.v1.EchoService/Echo; see signer bench --help",
    );
  }
  if (!named.includes(method) && !/[./]/.test(method)) {
    throw usageError(
      `Unknown method ${JSON.stringify(method)}`,
      "Name echo, sign, pipeline, or a method in full, such as signer.v1.EchoService/Echo",
    );
  }
  if (options.manifest !== undefined && method !== "pipeline") {
    throw usageError("--manifest is for pipeline");
  }
  const signs = method === "sign";
  if (!signs && options.verify !== undefined) {
    throw usageError("--verify is for sign: other methods return no signatures");
  }
  if (!signs && (options.key ?? options.keyType ?? options.algorithm) !== undefined) {
    throw usageError("--key, --key-type and --algorithm are for sign");
  }
  if (options.data !== undefined && named.includes(method)) {
    throw usageError(`-d is for methods named in full, and not for ${method}`);
  }
  const { protoset, proto, importPath } = options;
  if ((protoset ?? proto ?? importPath) !== undefined && named.includes(method)) {
    throw usageError(
      "--protoset, --proto and --import-path are for methods named in full",
      `The requests of ${method} are known`,
    );
  }
  return { ...options, headers: await readHeaders(options) };
}

/**
 * Prepares the requests of a load. Keys and method descriptors that they need are requested from the server.
 *
 * @throws {CliError}
 */
export async function findWorkload(
  method: string,
  options: BenchOptions,
  { addresses, tls }: Target,
): Promise<NamedWorkload> {
  using session = await openSession(options, addresses, tls);
  if (method === "echo") return echoWorkload(options);
  if (method === "sign") return await signWorkload(session, options);
  if (method === "pipeline") {
    return (await import("./pipeline_workload.ts")).pipelineWorkload(options);
  }
  const { methodWorkload } = await import("./method_workload.ts");
  return await methodWorkload(session, method, options);
}

/**
 * Returns the metadata of all requests to a method.
 *
 * @throws {CliError} for a token that a connection would show to the network
 */
export async function metadataOf(
  options: BenchOptions,
  path: string,
  { addresses, tls }: Pick<Target, "addresses" | "tls">,
): Promise<[string, string | Uint8Array][]> {
  const headers = options.headers ?? await readHeaders(options);
  refuseOpenToken(headers, options, addresses, tls !== undefined);
  const { metadata } = headers;
  return path.startsWith("/signer.") && metadata.get(protocolHeader) === undefined
    ? [...metadata, [protocolHeader, protocolVersions[0]]]
    : [...metadata];
}

function echoWorkload(options: BenchOptions): NamedWorkload {
  const { path, requestSerialize } = echoDefinition.Echo;
  const request = requestSerialize({ payload: payloadOf(options) as Buffer });
  return { workload: { kind: "unary", path, request }, call: callName(path) };
}

async function signWorkload(session: Session, options: BenchOptions): Promise<NamedWorkload> {
  const { path, requestSerialize } = signingDefinition.Sign;
  const message = payloadOf(options);
  const { key, algorithm } = await chooseKey(session, options);
  const request = requestSerialize({ ...key, algorithm, message } as SignRequestInit);
  const verify = await verification(session, options, key, algorithm, message);
  return {
    workload: { kind: "unary", path, request, ...(verify && { verify }) },
    call: callName(path),
  };
}

async function verification(
  session: Session,
  { verify }: BenchOptions,
  key: KeySelector,
  algorithm: string,
  message: Uint8Array,
): Promise<Verification | undefined> {
  if (verify === undefined) return undefined;
  const { GetPublicKey } = signingDefinition;
  const { der } = await session.unary(
    GetPublicKey,
    {
      ...key,
      format: "PUBLIC_KEY_FORMAT_DER",
    } as Parameters<typeof GetPublicKey.requestSerialize>[0],
  );
  return {
    share: verify,
    spki: new Uint8Array(der!),
    algorithm: algorithm as AlgorithmName,
    format: "der",
    message,
  };
}

/** Returns the payload: random bytes by the seed, or the content of a file. */
function payloadOf({ payload, seed }: BenchOptions): Uint8Array {
  if (!/^\d+$/.test(payload)) return readFile(payload);
  const length = Number(payload);
  if (length <= MAX_PAYLOAD) return randomBytes(length, seed);
  throw usageError(`--payload ${payload} is too long`, `Use up to ${MAX_PAYLOAD} bytes`);
}
