/** The crypto providers over OpenSSL 3's libcrypto, without and with AWS-LC. @module */
export { hasAwsLc, openAwsLcProvider } from "./aws_lc.ts";
export { type FasterLibrary, findFasterLibraries, speedups } from "./faster_library.ts";
export { openOpenssl } from "./provider.ts";
export { opensslSha256 } from "./sha256.ts";
