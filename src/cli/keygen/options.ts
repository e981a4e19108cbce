/** The options of `signer keygen`. @module */
import type { KeyType } from "../../crypto/mod.ts";
import type { PassphraseOptions } from "../passphrase/mod.ts";

/** The options of `keygen`, as commander reads them. */
export interface KeygenOptions extends PassphraseOptions {
  readonly type?: KeyType;
  readonly out?: string;
  readonly publicOut?: string;
  readonly format: "pem" | "der" | "jwk";
  readonly force?: boolean;
  readonly from?: string;
  readonly public?: boolean;
  readonly devCa?: string;
  readonly host?: readonly string[];
  readonly allowInsecureKeyFiles?: boolean;
  readonly provider: "auto" | "aws-lc" | "openssl" | "builtin";
}
