/** `call keys` and `call public-key`. @module */
import { type GetPublicKeyRequestInit, type KeyInfo, signingDefinition } from "../../api/mod.ts";
import { usageError } from "../exit.ts";
import { type KeyOptions, type KeySelector, keyTypeName, namedKey } from "../client/keys/mod.ts";
import { printBytes, Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { openOut, printResult, refuseRaw } from "./result.ts";
import { table } from "./table.ts";

/** `call keys`: lists the keys of the server. */
export async function keys(options: ConnectionOptions): Promise<void> {
  refuseRaw(options.output, "keys");
  using session = await Session.open(options);
  const { keys } = await session.unary(signingDefinition.ListKeys, {});
  printResult({
    text: () => keyTable(keys),
    json: () => ({ keys }),
  }, options.output);
}

/** The lines of the table of keys, without thumbprints when every key is named by its thumbprint. */
function keyTable(keys: readonly KeyInfo[]): string[] {
  const named = keys.some(({ keyId, thumbprint }) => keyId !== thumbprint);
  const rows = keys.map((key) => [
    key.keyId,
    `${keyTypeName(key.keyType)}${key.isDefault ? " (default)" : ""}`,
    ...(named ? [key.thumbprint] : []),
    [...new Set([key.defaultAlgorithm, ...key.algorithms])].join(","),
  ]);
  return table(["KEY", "TYPE", ...(named ? ["THUMBPRINT"] : []), "ALGORITHMS"], rows);
}

export interface PublicKeyOptions extends ConnectionOptions, Pick<KeyOptions, "key" | "keyType"> {
  readonly format?: "pem" | "der" | "jwk";
  readonly out?: string;
}

/** `call public-key`: prints a public key. DER is base64 as text, and bytes as `raw` or in a file. */
export async function publicKey(options: PublicKeyOptions): Promise<void> {
  using out = openOut(options.out);
  using session = await Session.open(options);
  const format = options.format ?? "pem";
  const { key, pem, der, jwk } = await session.unary(signingDefinition.GetPublicKey, {
    ...namedKey(options) ?? await onlyKey(session),
    format: `PUBLIC_KEY_FORMAT_${format.toUpperCase()}`,
  } as GetPublicKeyRequestInit);
  const text = der ? printBytes(der) : pem ?? jwk ?? "";
  printResult(
    {
      text: () => text.replace(/\n$/, "").split("\n"),
      json: () => ({ key, [format]: text }),
      raw: () => der ?? new TextEncoder().encode(text),
    },
    options.output ?? (der && options.out !== undefined ? "raw" : "text"),
    out,
  );
}

/** Returns the only key of the server.
 *
 * @throws {CliError} unless the server has exactly one key
 */
async function onlyKey(session: Session): Promise<KeySelector> {
  const { keys } = await session.unary(signingDefinition.ListKeys, {});
  if (keys.length === 1) return { keyId: keys[0]!.keyId };
  throw usageError(
    `The server holds ${keys.length} keys and none is named`,
    keys.length === 0
      ? "Start it with one: signer serve --key ID=FILE"
      : `Name one with --key: ${keys.map(({ keyId }) => keyId).join(", ")}`,
  );
}
