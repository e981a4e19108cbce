/** The crypto provider over OpenSSL 3's libcrypto. @module */
export { openOpenssl } from "./provider.ts";
