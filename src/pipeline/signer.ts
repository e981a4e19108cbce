/** Signatures for nodes: the interface that the server implements. @module */
import { PipelineError } from "./errors.ts";

/** A request to sign or to verify. */
export interface SigningTask {
  /** The key, or the server's default key of a type. */
  readonly key: { readonly id: string } | { readonly type: string };
  /** The version of the key, 1 or more; 0 for the one that signs now, or for any to verify. */
  readonly version: number;
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
  /** Resolves to the signature. Another version of the key than the one that signs now is refused. */
  sign(task: SigningTask): Promise<Uint8Array>;
  /** Resolves to the version of the key that made the signature; to 0 when it is not valid. */
  verify(task: SigningTask, signature: Uint8Array): Promise<number>;
}

/** The signer of executions without keys. */
export const NO_SIGNER: Signer = { sign: refuse, verify: refuse };

function refuse(): Promise<never> {
  return Promise.reject(new PipelineError("BAD_INPUT", "There are no keys for this execution"));
}
