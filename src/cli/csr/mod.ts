/** `signer csr`: a certification request for a key that a server holds. @module */
import { Command, Option } from "commander";
import { clientOptions, withTargets, withTls, withToken } from "../client/options/mod.ts";
import { collect } from "../collect.ts";
import { examples } from "../help.ts";
import { algorithmOption, keyTypeOption } from "../key_options.ts";
import { addOptions } from "../options.ts";

/** `signer csr`. */
export function csrCommand(): Command {
  const csr = new Command("csr")
    .description("Make a certification request (PKCS#10), signed by a key of the server")
    .addHelpText(
      "before",
      examples(
        "signer csr --key web --subject /CN=www.example.org --san www.example.org",
        "signer csr --key builds --to vsock:16:5000 --subject CN=builds --out b.csr",
      ),
    )
    .addOption(new Option("--key <id>", "key that signs the request").conflicts("keyType"))
    .addOption(keyTypeOption("--key-type <type>", "the server's default key of a type"))
    .addOption(algorithmOption("--algorithm <name>", "signing algorithm (default: the key's)"))
    .requiredOption("--subject <name>", "subject, such as /O=Example/CN=signer or CN=signer")
    .option(
      "--san <name>",
      "subjectAltName: DNS:name, IP:address, URI:uri, or a name or address; repeatable",
      collect,
    )
    .addOption(
      new Option("--format <format>", "format of the request").choices(["pem", "der"]).default(
        "pem",
      ),
    )
    .option("--out <file>", "write the request here (default: standard output)");
  const to = "server that holds the key (env: SIGNER_ADDRESS; default: 127.0.0.1:50051)";
  withToken(withTls(withTargets(csr, { to })));
  const { deadline, waitReady, retries } = clientOptions;
  return addOptions(csr, { deadline: { ...deadline, unset: "10s" }, waitReady, retries })
    .configureHelp({ showGlobalOptions: true })
    .action(async (options) => (await import("./csr.ts")).csr(options));
}
