export * as libc from "./libc/mod.ts";
export { LibcError, type LibcErrorCode } from "./libc/mod.ts";
export * from "./libcrypto/mod.ts";
export * from "./libssl/mod.ts";
