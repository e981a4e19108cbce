/** Files of tokens and rules. @module */
export { readRules } from "./rules_file.ts";
export { formatTokenLine, isTokenName, readDate, readTokens } from "./token_file.ts";
