import { signingDefinition, type SignRequestInit } from "../../api/mod.ts";
import { type InputOptions, readInput } from "./input.ts";
import { printBytes } from "../client/base64.ts";
import { chooseKey, type KeyOptions } from "../client/key_choice.ts";
import type { ConnectionOptions } from "../client/options.ts";
import { openOut, printResult } from "./result.ts";
import { Session } from "../client/session.ts";

export interface SignOptions extends ConnectionOptions, KeyOptions, InputOptions {
  readonly format?: "der" | "p1363";
  readonly out?: string;
}

/** `call sign [TEXT]`: a file gets the bytes of the signature, a terminal their base64. */
export async function sign(text: string | undefined, options: SignOptions): Promise<void> {
  using out = openOut(options.out);
  using session = await Session.open(options);
  const input = await readInput(text, options);
  const { key, algorithm } = await chooseKey(session, options);
  const { signature, ...signed } = await session.unary(signingDefinition.Sign, {
    ...key,
    ...input,
    algorithm,
    signatureFormat: wireFormat(options.format),
  } as SignRequestInit);
  printResult(
    {
      text: () => [printBytes(signature)],
      json: () => ({ signature: printBytes(signature), ...signed }),
      raw: () => signature,
    },
    options.output ?? (options.out === undefined ? "text" : "raw"),
    out,
  );
}

/** The wire's name of a signature format. */
export function wireFormat(format: "der" | "p1363" = "der"): string {
  return `SIGNATURE_FORMAT_${format.toUpperCase()}`;
}
