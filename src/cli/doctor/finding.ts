/** The result of a check: a line of text, or an object of JSON. */
export interface Finding {
  /** The name of the check, or the address of a server. */
  readonly subject: string;
  readonly ok: boolean;
  /** The finding, such as `CID 3`. */
  readonly found: string;
  /** Advice on a check that failed. */
  readonly advice?: string | undefined;
}
