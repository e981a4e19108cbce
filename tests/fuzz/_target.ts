import type { Random } from "../http2/_random.ts";

/** Something that takes bytes from a peer. */
export interface FuzzTarget {
  readonly name: string;
  /** Real input, to be mutated. */
  seeds(): Uint8Array[];
  /** Made-up input, where random bytes would not get far. */
  generate?(random: Random): Uint8Array;
  /** Throws if the target does anything but take the bytes or refuse them by its protocol. */
  run(bytes: Uint8Array): void;
}
