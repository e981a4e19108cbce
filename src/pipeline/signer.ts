/** Signatures for nodes: the interface that the server implements. @module */
import { PipelineError } from "./errors.ts";

/** A request to sign or to verify. */
export interface SigningTask {
  /** The key, or the server's default key of a type. */
  readonly key: { readonly id: string } | { readonly type: string };
  /** The name of an algorithm; undefined for the key's default. */
  readonly algorithm: string | undefined;
  /** The layout of ECDSA signatures. */
  readonly format: "der" | "p1363";
  /** The message, or its digest by the hash function of the algorithm. */
  readonly input: "message" | "digest";
  readonly bytes: Uint8Array;
}

/** Signs and verifies with the keys of the server, with the permissions of one caller. */
export interface Signer {
  /** Resolves to the signature. */
  sign(task: SigningTask): Promise<Uint8Array>;
  /** Resolves to true when the signature is valid. */
  verify(task: SigningTask, signature: Uint8Array): Promise<boolean>;
}

/** The signer of executions without keys. */
export const NO_SIGNER: Signer = { sign: refuse, verify: refuse };

function refuse(): Promise<never> {
  return Promise.reject(new PipelineError("BAD_INPUT", "There are no keys for this execution"));
}
