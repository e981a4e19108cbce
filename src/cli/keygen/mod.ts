/** `signer keygen`: makes keys, and exports their public halves. @module */
import { Command, Option } from "commander";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { keyTypeOption } from "../key_options.ts";
import type { KeygenOptions } from "./options.ts";

/** `signer keygen`. */
export function keygenCommand(): Command {
  return new Command("keygen")
    .addHelpText(
      "before",
      examples(
        "signer keygen --type ecdsa-p256 --out key.pem",
        "signer keygen --type rsa-3072 --out key.pem --passphrase-prompt",
        "signer keygen --type ed25519 --format jwk --out key.jwk",
        "signer keygen --dev-ca tls --host signer.example",
        "signer keygen --from key.pem --public --format der --public-out public.der",
      ),
    )
    .addOption(
      keyTypeOption("--type <type>", "type of the key to make").conflicts(["from", "public"]),
    )
    .option("--out <file>", "file of the private key, mode 0600 (default: standard output)")
    .option("--public-out <file>", "file of the public key")
    .addOption(
      new Option("--format <format>", "format of both keys").choices(["pem", "der", "jwk"]).default(
        "pem",
      ),
    )
    .addOption(
      new Option(
        "--passphrase-file <file>",
        "file with the key's passphrase in one line (-: standard input)",
      )
        .conflicts("passphrasePrompt"),
    )
    .option("--passphrase-prompt", "ask for the key's passphrase")
    .option("--force", "replace existing files")
    .addOption(
      new Option("--from <key>", "private key to read; see --public").conflicts("out"),
    )
    .option("--public", "export the public half of the key that --from names")
    .addOption(
      new Option(
        "--dev-ca <dir>",
        "make a CA, a server's and a client's certificate for trials of TLS",
      ).conflicts(["type", "from", "public", "out", "publicOut"]),
    )
    .option(
      "--host <name>",
      "DNS name or IP address of the server of --dev-ca; repeatable",
      collect,
    )
    .option("--allow-insecure-key-files", "read a key file that other users own or can read")
    .addOption(
      new Option("--provider <name>", "cryptography library")
        .choices(["auto", "aws-lc", "openssl", "builtin"]).default("auto"),
    )
    .action(async (options: KeygenOptions) => {
      const { keygen } = await import("./keygen.ts");
      await keygen(options);
    });
}
