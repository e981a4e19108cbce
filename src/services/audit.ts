/** The audit of signatures: a record for each attempt, whatever its outcome. @module */
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

/** The methods whose calls are attempts to sign. A pipeline is an attempt only if one of its nodes signs. */
const signingMethod = /^\/signer\.v1\.SigningService\/Sign(?:Batch|Stream)?$/;

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
          this.#guard(() => this.#trail.expectWritable());
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
      this.#guard(() => this.#trail.expectWritable());
    } catch (error) {
      // Counted among the lost lines: another line now would end the connection, with the other calls there.
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
    this.#guard(() =>
      this.#trail.record({
        method: context.method.slice(context.method.lastIndexOf("/") + 1),
        request: id,
        identity: formatCaller(context.caller),
        peer: context.peer,
        key: response?.keyId ?? keyOf(request),
        version: response?.keyVersion,
        algorithm: algorithm === undefined ? undefined : String(algorithm),
        input: request && inputOf(request),
        outcome: error === undefined ? "OK" : outcomeOf(error),
        us: Math.round(ms * 1_000),
      })
    );
  }

  /** Maps an error of the audit log: the caller may try again, perhaps elsewhere. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      throw new RpcError("UNAVAILABLE", "The audit log cannot be written, so nothing is signed", {
        cause,
      });
    }
  }
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
      // Longer ones are refused.
      return { digest: request.digest.subarray(0, 64) };
    default:
      return undefined;
  }
}

function outcomeOf(error: unknown): string {
  const known = fromCryptoError(error);
  return known instanceof RpcError ? statusName(known.code) : "INTERNAL";
}
