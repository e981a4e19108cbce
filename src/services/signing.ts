/** SigningService: signatures, verification and public keys. @module */
import type { Permissions } from "../access/mod.ts";
import {
  encodePublicKey,
  type KeyRing,
  type KeyStore,
  type KeyType,
  keyTypes,
} from "../crypto/mod.ts";
import {
  type GetPublicKeyRequest,
  type GetPublicKeyResponseInit,
  type RequestLimits,
  signingDefinition,
  type SignRequest,
  type SignResponseInit,
  type SignResultInit,
  type VerifyRequest,
  type VerifyResponseInit,
} from "../api/mod.ts";
import {
  bidi,
  type CallContext,
  implement,
  RpcError,
  type Service,
  unary,
  type WorkUnit,
} from "../grpc/mod.ts";
import type { AuditedCall, SigningAudit } from "./audit.ts";
import { countRequest, type FindPermissions, permittedKeys } from "./access.ts";
import { fromCryptoError } from "./crypto_status.ts";
import { keyInfo } from "./key_info.ts";
import {
  requireCurrent,
  selectAlgorithm,
  selectFormat,
  selectInput,
  selectKey,
} from "./key_selection.ts";
import { wireAlgorithm } from "./wire_names.ts";

/** Takes the id of the key of a signature, and the name of its algorithm. */
export type SignatureReport = (keyId: string, algorithm: string) => void;

/**
 * Creates SigningService over a ring of keys. A call uses the keys that were current when it was read, and only those
 * that its caller may use.
 *
 * @param limits read at each call: they may change
 * @param audit records attempts to sign
 * @param onSigned called for each signature
 */
export function signingService(
  ring: KeyRing,
  limits: Pick<RequestLimits, "maxBatchItems">,
  permissionsOf: FindPermissions,
  audit?: SigningAudit,
  onSigned: SignatureReport = () => {},
): Service {
  return implement(signingDefinition, {
    Sign: unary(
      (request, context) => {
        try {
          const keys = keysOf(ring, request);
          const audited = audit?.begin(context);
          const response = sign(keys, request, permissionsOf(context), audited);
          context.logFields = { key: response.keyId, algorithm: String(response.algorithm) };
          return reported(onSigned, response);
        } catch (error) {
          // Names in the request stand for those of the response.
          context.logFields = namedIn(request);
          throw error;
        }
      },
      (request, context) =>
        signingCostClass(takeKeys(ring, request), request, permissionsOf(context)),
    ),
    SignBatch: unary(({ requests }, context) => {
      refuseLargeBatch(requests.length, limits.maxBatchItems);
      const audited = audit?.begin(context);
      return signBatch(ring, requests, context, permissionsOf(context), audited, onSigned);
    }),
    SignStream: bidi((requests, context) => {
      return signStream(
        ring,
        requests,
        context,
        permissionsOf,
        audit?.begin(context),
        onSigned,
      );
    }),
    Verify: unary(
      (request, context) => {
        context.logFields = namedIn(request);
        return verify(keysOf(ring, request), request, permissionsOf(context));
      },
      (request, context) =>
        verifyingCostClass(takeKeys(ring, request), request, permissionsOf(context)),
    ),
    ListKeys: unary((_, context) => {
      const permissions = permissionsOf(context);
      return { keys: permittedKeys(ring.current, permissions).map(keyInfo) };
    }),
    GetPublicKey: unary((request, context) => {
      context.logFields = namedIn(request);
      return getPublicKey(ring.current, request, permissionsOf(context));
    }),
  });
}

const UNSPECIFIED = "SIGNING_ALGORITHM_UNSPECIFIED";

/** Names the key and the algorithm of a request as the request has them, for the log. */
function namedIn(
  request: (SignRequest | VerifyRequest | GetPublicKeyRequest) & { algorithm?: unknown },
): { key: string | undefined; algorithm?: string } {
  const key = request.key === "keyId" ? request.keyId : request.key && String(request.keyType);
  const algorithm = String(request.algorithm ?? UNSPECIFIED);
  return algorithm === UNSPECIFIED ? { key } : { key, algorithm };
}

/** A property of requests: the store that was current when the request was read. A request may wait in a queue. */
const readWith = Symbol("readWith");

type KeyRequest = (SignRequest | VerifyRequest) & { [readWith]?: KeyStore };

/** Records the current keys on a request. */
function takeKeys(ring: KeyRing, request: KeyRequest): KeyStore {
  return request[readWith] = ring.current;
}

/** Returns the keys recorded on a request, or the current ones when those have been disposed of. */
function keysOf(ring: KeyRing, { [readWith]: keys }: KeyRequest): KeyStore {
  return keys !== undefined && ring.holds(keys) ? keys : ring.current;
}

/** Reports a signature, and returns its response. */
export function reported(onSigned: SignatureReport, response: SignResponseInit): SignResponseInit {
  onSigned(response.keyId!, String(response.algorithm));
  return response;
}

/** Signs a request, with a record in the audit log if there is one. */
function sign(
  keys: KeyStore,
  request: SignRequest,
  permissions: Permissions,
  audited: AuditedCall | undefined,
  version = 0,
): SignResponseInit {
  if (audited === undefined) return signUnrecorded(keys, request, permissions, version);
  return audited.sign(request, () => signUnrecorded(keys, request, permissions, version));
}

function signUnrecorded(
  keys: KeyStore,
  request: SignRequest,
  permissions: Permissions,
  expectedVersion: number,
): SignResponseInit {
  const stored = selectKey(keys, request, "sign", permissions);
  const algorithm = selectAlgorithm(stored, request.algorithm);
  countRequest(permissions, "sign", stored, algorithm);
  if (expectedVersion !== 0) requireCurrent(stored, expectedVersion);
  const format = selectFormat(request.signatureFormat);
  const { signature, version } = stored.sign(algorithm, selectInput(request), format);
  return {
    signature,
    keyId: stored.id,
    algorithm: wireAlgorithm(algorithm),
    keyVersion: version,
  };
}

/** Names the cost class of a Sign request: the type of its key, and the size class of its message. */
function signingCostClass(
  keys: KeyStore,
  request: SignRequest,
  permissions: Permissions,
): string {
  const { type } = selectKey(keys, request, "sign", permissions);
  return (isLarge(request) ? largeSigning : smallSigning)[type];
}

/** Names by key type. To make and hash one for each call takes half a microsecond. */
const smallSigning = byKeyType((type) => `sign ${type}`);
const largeSigning = byKeyType((type) => `sign ${type} large`);

function byKeyType(nameOf: (type: KeyType) => string): Readonly<Record<KeyType, string>> {
  const names = keyTypes.map(({ name }) => [name, nameOf(name)]);
  return Object.fromEntries(names);
}

/** The same of a Verify request, which for most types of keys takes another time. */
export function verifyingCostClass(
  keys: KeyStore,
  request: VerifyRequest,
  permissions: Permissions,
): string {
  const { type, versions } = selectKey(keys, request, "verify", permissions);
  // Each version may be tried.
  const tried = request.keyVersion === 0 && versions.length > 1 ? ` x${versions.length}` : "";
  return `verify ${type}${tried}${isLarge(request) ? " large" : ""}`;
}

/** Messages over this are hashed in more time than a P-256 signature takes. */
const smallMessageBytes = 16_384;

function isLarge({ message }: Pick<SignRequest, "message">): boolean {
  return message !== undefined && message.length > smallMessageBytes;
}

/**
 * Signing one request of a batch, a stream or a pipeline, as a unit of its call's work.
 *
 * @param version the only version of the key that may sign; 0 for the one that signs now
 */
export function signingUnit(
  keys: KeyStore,
  request: SignRequest,
  permissions: Permissions,
  audited: AuditedCall | undefined,
  version = 0,
): WorkUnit<SignResponseInit> {
  let costClass = "refuse";
  try {
    costClass = signingCostClass(keys, request, permissions);
  } catch {
    // The request names no key that the caller may use: `sign` reports the error.
  }
  return { costClass, run: () => sign(keys, request, permissions, audited, version) };
}

/** Signs requests in turns with the work of other calls. */
async function signAll(
  keys: KeyStore,
  requests: readonly SignRequest[],
  context: CallContext,
  permissions: Permissions,
  audited: AuditedCall | undefined,
): Promise<SignResultInit[]> {
  const units = requests.map((request) => signingUnit(keys, request, permissions, audited));
  return (await context.runInTurn(units)).map(signResult);
}

/** The signature, or the error that Sign would have ended with; an error that is a fault of ours is thrown. */
function signResult(settled: PromiseSettledResult<SignResponseInit>): SignResultInit {
  if (settled.status === "fulfilled") return { response: settled.value };
  const known = fromCryptoError(settled.reason);
  if (!(known instanceof RpcError)) throw settled.reason;
  return { error: { code: known.code, message: known.message } };
}

function refuseLargeBatch(size: number, maxBatchItems: number): void {
  if (size <= maxBatchItems) return;
  throw new RpcError(
    "INVALID_ARGUMENT",
    `The batch has ${size} requests: at most ${maxBatchItems} are signed at once`,
  );
}

async function signBatch(
  ring: KeyRing,
  requests: readonly SignRequest[],
  context: CallContext,
  permissions: Permissions,
  audited: AuditedCall | undefined,
  onSigned: SignatureReport,
): Promise<{ results: SignResultInit[] }> {
  using lease = ring.lease();
  const results = await signAll(lease.keys, requests, context, permissions, audited);
  for (const { response } of results) if (response) reported(onSigned, response);
  return { results };
}

async function* signStream(
  ring: KeyRing,
  requests: AsyncIterable<SignRequest>,
  context: CallContext,
  permissionsOf: FindPermissions,
  audited: AuditedCall | undefined,
  onSigned: SignatureReport,
): AsyncGenerator<SignResultInit> {
  using lease = ring.lease();
  for await (const request of requests) {
    // Looked up again for each request: tokens expire and rules change while a stream is open.
    const permissions = permissionsOf(context);
    const [result] = await signAll(lease.keys, [request], context, permissions, audited);
    if (result.response) reported(onSigned, result.response);
    yield result;
  }
}

/** Verifies the signature of a request, for a caller who may use its key. */
export function verify(
  keys: KeyStore,
  request: VerifyRequest,
  permissions: Permissions,
): VerifyResponseInit {
  const stored = selectKey(keys, request, "verify", permissions);
  const algorithm = selectAlgorithm(stored, request.algorithm);
  countRequest(permissions, "verify", stored, algorithm);
  const format = selectFormat(request.signatureFormat);
  const input = selectInput(request);
  if (request.signature.length === 0) {
    throw new RpcError("INVALID_ARGUMENT", "The request has no signature to verify");
  }
  const { signature, keyVersion } = request;
  const maker = stored.verify(algorithm, input, signature, format, keyVersion);
  return {
    valid: maker !== undefined,
    keyId: stored.id,
    algorithm: wireAlgorithm(algorithm),
    keyVersion: maker?.version ?? 0,
  };
}

function getPublicKey(
  keys: KeyStore,
  request: GetPublicKeyRequest,
  permissions: Permissions,
): GetPublicKeyResponseInit {
  const stored = selectKey(keys, request, "public-key", permissions);
  countRequest(permissions, "public-key", stored);
  const { publicKey, version: keyVersion } = stored.get(request.keyVersion);
  const key = keyInfo(stored.describe(keys.findDefault(stored.type) === stored));
  const text = (format: "pem" | "jwk") =>
    new TextDecoder().decode(encodePublicKey(publicKey, format));
  switch (request.format) {
    case "PUBLIC_KEY_FORMAT_UNSPECIFIED":
    case "PUBLIC_KEY_FORMAT_PEM":
      return { key, keyVersion, pem: text("pem") };
    case "PUBLIC_KEY_FORMAT_DER":
      return { key, keyVersion, der: publicKey.spki };
    case "PUBLIC_KEY_FORMAT_JWK":
      return { key, keyVersion, jwk: text("jwk") };
    default:
      throw new RpcError("INVALID_ARGUMENT", `No public key format is ${request.format}`);
  }
}
