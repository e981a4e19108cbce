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
    json: () => ({ keys: keys.map(jsonOf) }),
  }, options.output);
}

/**
 * The lines of the table of keys, without thumbprints when every key is named by its thumbprint, and without versions
 * when every key has a single one.
 */
function keyTable(keys: readonly KeyInfo[]): string[] {
  const named = keys.some(({ keyId, thumbprint }) => keyId !== thumbprint);
  const versioned = keys.some(({ versions }) => versions.length > 1);
  const rows = keys.map((key) => [
    key.keyId,
    `${keyTypeName(key.keyType)}${key.isDefault ? " (default)" : ""}`,
    ...(named ? [key.thumbprint] : []),
    ...(versioned ? [versionsOf(key)] : []),
    [...new Set([key.defaultAlgorithm, ...key.algorithms])].join(","),
  ]);
  const heads = [...(named ? ["THUMBPRINT"] : []), ...(versioned ? ["VERSIONS"] : [])];
  return table(["KEY", "TYPE", ...heads, "ALGORITHMS"], rows);
}

/** The versions of a key for the table, such as `3, 2 signs, 1`. */
function versionsOf({ versions, thumbprint }: KeyInfo): string {
  return versions.map((each) =>
    each.thumbprint === thumbprint && each.hasPrivateKey ? `${each.version} signs` : each.version
  ).join(", ");
}

/** A key with the periods of its versions as dates; open ends are left out. */
function jsonOf({ versions, ...key }: KeyInfo): object {
  const date = (seconds: number) =>
    seconds === 0 ? undefined : new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
  return {
    ...key,
    versions: versions.map(({ notBefore, signUntil, verifyUntil, ...version }) => ({
      ...version,
      notBefore: date(notBefore),
      signUntil: date(signUntil),
      verifyUntil: date(verifyUntil),
    })),
  };
}

export interface PublicKeyOptions extends ConnectionOptions, Pick<KeyOptions, "key" | "keyType"> {
  readonly format?: "pem" | "der" | "jwk";
  readonly keyVersion?: number;
  readonly out?: string;
}

/** `call public-key`: prints a public key. DER is base64 as text, and bytes as `raw` or in a file. */
export async function publicKey(options: PublicKeyOptions): Promise<void> {
  using out = openOut(options.out);
  using session = await Session.open(options);
  const format = options.format ?? "pem";
  const { key, keyVersion, pem, der, jwk } = await session.unary(signingDefinition.GetPublicKey, {
    ...namedKey(options) ?? await onlyKey(session),
    keyVersion: options.keyVersion ?? 0,
    format: `PUBLIC_KEY_FORMAT_${format.toUpperCase()}`,
  } as GetPublicKeyRequestInit);
  const text = der ? printBytes(der) : pem ?? jwk ?? "";
  printResult(
    {
      text: () => text.replace(/\n$/, "").split("\n"),
      json: () => ({ key: key && jsonOf(key), keyVersion, [format]: text }),
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
