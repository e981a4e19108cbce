/** The audit of signatures and pipelines: a record for each attempt and execution, whatever its outcome. @module */
import type { AuditTrail } from "../audit/mod.ts";
import type { SignRequest, SignResponseInit } from "../api/mod.ts";
import {
  type CallContext,
  formatCaller,
  type Interceptor,
  RpcError,
  statusName,
} from "../grpc/mod.ts";
import { fromCryptoError } from "./crypto_status.ts";
import { requestIdOf } from "./request_id.ts";

/** The methods whose calls are attempts to sign. Pipelines have lines of their own, besides those of nodes that sign. */
const signingMethod = /^\/signer\.v1\.SigningService\/Sign(?:Batch|Stream)?$/;

/** The methods whose calls are executions of pipelines. */
const executingMethod = /^\/signer\.pipeline\.v1\.PipelineService\/(?:Execute|Stream)Pipeline$/;

/** Signs for a call, and records each attempt. */
export interface AuditedCall {
  /** @throws the error of `sign`; {RpcError} UNAVAILABLE when the attempt cannot be recorded */
  sign(request: SignRequest, sign: () => SignResponseInit): SignResponseInit;
}

export class SigningAudit {
  /** Records calls that were refused before a signature was attempted. */
  readonly interceptor: Interceptor;
  readonly #trail: AuditTrail;
  /** Calls with a failed attempt that was recorded. */
  readonly #recorded = new WeakSet<CallContext>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
    this.interceptor = {
      onError: (error, context) => {
        const isAttempt = signingMethod.test(context.method) && !this.#recorded.has(context);
        if (isAttempt) {
          guarded("nothing is signed", () => this.#trail.expectWritable());
          this.#record(context, requestIdOf(context), undefined, error, 0);
        }
        return error;
      },
    };
  }

  /** Begins the attempts of a call. */
  begin(context: CallContext): AuditedCall {
    const id = requestIdOf(context);
    return { sign: (request, sign) => this.#sign(context, id, request, sign) };
  }

  #sign(
    context: CallContext,
    id: string,
    request: SignRequest,
    sign: () => SignResponseInit,
  ): SignResponseInit {
    try {
      guarded("nothing is signed", () => this.#trail.expectWritable());
    } catch (error) {
      // The line counts as lost. Writing another one now would end the connection, with its other calls.
      this.#recorded.add(context);
      throw error;
    }
    const began = performance.now();
    let response: SignResponseInit;
    try {
      response = sign();
    } catch (error) {
      this.#recorded.add(context);
      this.#record(context, id, request, error, performance.now() - began);
      throw error;
    }
    this.#record(context, id, request, undefined, performance.now() - began, response);
    return response;
  }

  #record(
    context: CallContext,
    id: string,
    request: SignRequest | undefined,
    error: unknown,
    ms: number,
    response?: SignResponseInit,
  ): void {
    const algorithm = response?.algorithm ?? request?.algorithm;
    guarded("nothing is signed", () =>
      this.#trail.record({
        ...auditedRequest(context, id),
        key: response?.keyId ?? keyOf(request),
        version: response?.keyVersion,
        algorithm: algorithm === undefined ? undefined : String(algorithm),
        input: request && inputOf(request),
        outcome: error === undefined ? "OK" : outcomeOf(error),
        us: Math.round(ms * 1_000),
      }));
  }
}

/** Records executions of pipelines, with their manifests and outcomes. Signatures of their nodes have lines besides. */
export class PipelineAudit {
  /** Records executions that fail, also before they begin. */
  readonly interceptor: Interceptor;
  readonly #trail: AuditTrail;
  readonly #begun = new WeakMap<CallContext, BegunExecution>();

  constructor(trail: AuditTrail) {
    this.#trail = trail;
    this.interceptor = {
      onError: (error, context) => {
        if (executingMethod.test(context.method)) this.end(context, outcomeOf(error));
        return error;
      },
    };
  }

  /**
   * Begins an execution.
   *
   * @param manifest as a message
   * @throws {RpcError} UNAVAILABLE when its end cannot be recorded
   */
  begin(context: CallContext, manifest: Uint8Array): void {
    const execution = { manifest, began: performance.now(), hasEnded: true };
    this.#begun.set(context, execution);
    guarded("no pipeline runs", () => this.#trail.expectWritable());
    execution.hasEnded = false;
  }

  /**
   * Records the end of an execution, once.
   *
   * @param outcome `OK`, or the name of a gRPC status
   * @throws {RpcError} UNAVAILABLE when it cannot be recorded
   */
  end(context: CallContext, outcome: string): void {
    const begun = this.#begun.get(context);
    if (begun?.hasEnded) return;
    if (begun !== undefined) begun.hasEnded = true;
    const ms = begun === undefined ? 0 : performance.now() - begun.began;
    guarded("no pipeline runs", () =>
      this.#trail.recordExecution({
        ...auditedRequest(context, requestIdOf(context)),
        manifest: begun?.manifest,
        outcome,
        us: Math.round(ms * 1_000),
      }));
  }
}

interface BegunExecution {
  readonly manifest: Uint8Array;
  readonly began: number;
  hasEnded: boolean;
}

/** Maps an error of the audit log: the caller may try again, perhaps elsewhere. */
function guarded(consequence: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    const message = `The audit log cannot be written, so ${consequence}`;
    throw new RpcError("UNAVAILABLE", message, { cause });
  }
}

function auditedRequest(context: CallContext, id: string) {
  return {
    method: context.method.slice(context.method.lastIndexOf("/") + 1),
    request: id,
    identity: formatCaller(context.caller),
    peer: context.peer,
  };
}

/** The key that a request names, by its id or type. An id of the peer is cut to the length that ids may have. */
function keyOf(request: SignRequest | undefined): string | undefined {
  switch (request?.key) {
    case "keyId":
      return request.keyId.slice(0, 128);
    case "keyType":
      return String(request.keyType);
    default:
      return undefined;
  }
}

function inputOf(request: SignRequest) {
  switch (request.input) {
    case "message":
      return { message: request.message };
    case "digest":
      // A longer digest is refused.
      return { digest: request.digest.subarray(0, 64) };
    default:
      return undefined;
  }
}

function outcomeOf(error: unknown): string {
  const known = fromCryptoError(error);
  return known instanceof RpcError ? statusName(known.code) : "INTERNAL";
}
