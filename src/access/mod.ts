/** Access control: identities by tokens, rules, rates. @module */
export { Access, type AccessPolicy, type RefusalReport } from "./access.ts";
export { AccessError } from "./errors.ts";
export { Glob } from "./glob.ts";
export { type KeyOperation, keyOperations, type Operation, operations } from "./operations.ts";
export { type Permissions, UNRESTRICTED } from "./permissions.ts";
export { RateLimits } from "./rate_limits.ts";
export { CompiledRule, type Rate, type Rule, separatorOf, type Subject } from "./rule.ts";
export { createToken, hashToken, type TokenEntry } from "./tokens.ts";
