/** The crypto provider over OpenSSL 3's libcrypto. @module */
export { type FasterLibrary, findFasterLibrary, speedups } from "./faster_library.ts";
export { openOpenssl } from "./provider.ts";
