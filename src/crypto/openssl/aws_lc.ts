/** The provider aws-lc: that over libcrypto, with AWS-LC for private keys. @module */
import { awsLcPath, openAwsLc } from "../../ffi/mod.ts";
import type { CryptoProvider } from "../provider.ts";
import { openOpenssl } from "./provider.ts";

/** Reports whether the program carries AWS-LC, or `SIGNER_AWS_LC` names it. */
export function hasAwsLc(): boolean {
  return awsLcPath() !== undefined;
}

/**
 * Opens the provider with the AWS-LC that is named or carried, or else with that of `deno task aws-lc`.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE`
 */
export function openAwsLcProvider(): CryptoProvider {
  return openOpenssl({ openAwsLc: () => openAwsLc() });
}
