import type { Random } from "../http2/_random.ts";

/** A parser of bytes from a peer. */
export interface FuzzTarget {
  readonly name: string;
  /** Returns valid inputs to mutate. */
  seeds(): Uint8Array[];
  /** Generates structured input, for parsers that refuse random bytes early. */
  generate?(random: Random): Uint8Array;
  /** Throws if the parser neither accepts the bytes nor refuses them with its own error. */
  run(bytes: Uint8Array): void;
}
