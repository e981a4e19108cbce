/** The result of a check: a line of text, or an object of JSON. */
export interface Finding {
  /** The name of the check, or the address of a server. */
  readonly subject: string;
  readonly ok: boolean;
  /** True for a check that has passed, and yet has advice. */
  readonly warns?: boolean;
  /** The finding, such as `CID 3`. */
  readonly found: string;
  /** Advice on a check that has failed or warns. */
  readonly advice?: string | undefined;
}
