/** Checks of rules: explanations of decisions, and rules without effect. @module */
export { type AskedRequest, explain, type RuleAnswer } from "./explain.ts";
export { findFaults, type Finding } from "./findings.ts";
