/** The files of tokens and rules that options name. @module */
import { AccessError, type Rule, type TokenEntry } from "../access/mod.ts";
import { readProtectedFile } from "./protected_file.ts";

/** 1 MiB: a thousand tokens, or a thousand rules, in long lines. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the tokens of a file, which nobody but its owner may read or change.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 * @throws {AccessError} `BAD_TOKENS`
 */
export async function readTokenFile(
  path: string,
  allowInsecure: boolean | undefined,
): Promise<TokenEntry[]> {
  const text = await readText(path, `Token file ${path}`, "private", allowInsecure);
  const { readTokens } = await import("../access/files/mod.ts");
  return readTokens(text, path);
}

/**
 * Reads the rules of a file, which nobody but its owner may change.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can change
 * @throws {AccessError} `BAD_RULES`
 */
export async function readRulesFile(
  path: string,
  allowInsecure: boolean | undefined,
): Promise<Rule[]> {
  const text = await readText(path, `Rules file ${path}`, "unchanged", allowInsecure);
  const { readRules } = await import("../access/files/mod.ts");
  return readRules(text, path);
}

async function readText(
  path: string,
  name: string,
  privacy: "private" | "unchanged",
  allowInsecure: boolean | undefined,
): Promise<string> {
  const protection = { privacy, maxBytes: MAX_FILE_BYTES, allowInsecure };
  const bytes = await readProtectedFile(path, name, protection);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const code = privacy === "private" ? "BAD_TOKENS" : "BAD_RULES";
    throw new AccessError(code, `${name} is not UTF-8`, { cause });
  }
}
