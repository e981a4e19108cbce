/** `signer call`: calls a signer, or any gRPC server that describes itself. @module */
import { Command, Option } from "commander";
import { usageError } from "../exit.ts";
import { examples } from "../help.ts";
import { algorithmOption, keyTypeOption, preferOption } from "../key_options.ts";
import { collect } from "../collect.ts";
import { withSchema } from "../client/options/mod.ts";
import { withConnection } from "./options.ts";
import { nearest } from "../../spelling/mod.ts";
import { wholeNumber } from "../../config/mod.ts";

/** The highest number of a key version: it is an int32 in requests. */
const MAX_KEY_VERSION = 2 ** 31 - 1;

/**
 * `signer call`: a subcommand for each verb, and `invoke` for all other words. Actions import their modules
 * when they run, so that help loads no gRPC.
 */
export function callCommand(): Command {
  const call = withConnection(new Command("call"))
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "before",
      examples(
        "signer call echo hello",
        "signer call sign --key code-signing --in release.tar --out release.sig",
        "signer call keys --to 10.0.0.5:50051",
        'signer call signer.v1.EchoService/Echo -d \'{"message": "hello"}\'',
      ),
    );
  for (const add of [addSigning, addKeys, addServer, addPipeline, addSymbols, addInvoke]) add(call);
  return call;
}

function addSigning(call: Command): void {
  call.command("echo <text>")
    .description("Send text to the server, which returns it")
    .addHelpText(
      "before",
      examples("signer call echo hello", "signer call echo hello --wait-ready"),
    )
    .action(async (text, _, command: Command) =>
      (await import("./echo.ts")).echo(text, command.optsWithGlobals())
    );
  withSigningInput(call.command("sign [text]"), { repeatable: true })
    .description("Sign TEXT, a file or standard input")
    .addHelpText(
      "before",
      examples(
        "signer call sign hello",
        "signer call sign --key code-signing --in release.tar --out release.sig",
        "signer call sign --key code-signing --in a.tar --in b.tar --out signatures/",
        "sha256sum a.tar | cut -c1-64 | xargs signer call sign --key release --digest",
      ),
    )
    .addOption(preferOption("--prefer <list>", "algorithms or schemes to choose from, in order"))
    .option(
      "--out <file>",
      "write the signature here, as bytes unless --output says otherwise; with several --in, a folder " +
        "for NAME.sig",
    )
    .action(async (text, _, command: Command) =>
      (await import("./sign.ts")).sign(text, command.optsWithGlobals())
    );
  withSigningInput(call.command("verify [text]"), { repeatable: false })
    .description("Check a signature: exit code 0 when it is valid, 1 when not")
    .addHelpText(
      "before",
      examples(
        "signer call verify --key release --in a.tar --signature-file a.sig",
        'signer call verify --key-type ed25519 --signature "$SIGNATURE" hello',
      ),
    )
    .option("--signature <base64>", "the signature")
    .addOption(
      new Option("--signature-file <file>", "the signature as bytes").conflicts("signature"),
    )
    .option(
      "--key-version <n>",
      "version of the key (default: any)",
      wholeNumber(1, MAX_KEY_VERSION),
    )
    .action(async (text, _, command: Command) =>
      (await import("./verify.ts")).verify(text, command.optsWithGlobals())
    );
}

function addKeys(call: Command): void {
  call.command("keys")
    .description("List the keys of the server and their algorithms")
    .addHelpText("before", examples("signer call keys", "signer call keys --output json"))
    .action(async (_, command: Command) =>
      (await import("./keys.ts")).keys(command.optsWithGlobals())
    );
  withKey(call.command("public-key"))
    .description("Get a public key")
    .addHelpText(
      "before",
      examples(
        "signer call public-key --key code-signing > public.pem",
        "signer call public-key --key-type ed25519 --format jwk",
      ),
    )
    .addOption(
      new Option("--format <format>", "encoding of the key (default: pem)").choices([
        "pem",
        "der",
        "jwk",
      ]),
    )
    .option(
      "--key-version <n>",
      "version of the key (default: the one that signs)",
      wholeNumber(1, MAX_KEY_VERSION),
    )
    .option("--out <file>", "write the key to a file")
    .action(async (_, command: Command) =>
      (await import("./keys.ts")).publicKey(command.optsWithGlobals())
    );
}

function addServer(call: Command): void {
  call.command("info")
    .description("Show the version, algorithms and limits of the server")
    .addHelpText("before", examples("signer call info", "signer call info --output json"))
    .action(async (_, command: Command) =>
      (await import("./info.ts")).info(command.optsWithGlobals())
    );
  call.command("health [service]")
    .description("Check the health of the server: exit code 0 when it is serving, 1 when not")
    .addHelpText(
      "before",
      examples("signer call health", "signer call health signer.v1.SigningService --watch"),
    )
    .option("--watch", "print each change until the server stops")
    .action(async (service, _, command: Command) =>
      (await import("./health.ts")).health(service, command.optsWithGlobals())
    );
}

function addPipeline(call: Command): void {
  const pipeline = call.command("pipeline")
    .description("Run pipelines on a server that serves them (serve --pipelines)")
    .addHelpText(
      "before",
      examples(
        "signer call pipeline nodes",
        "signer call pipeline check speech.yaml",
        "signer call pipeline run speech.yaml --in speech.wav --out result.wav",
      ),
    );
  pipeline.command("run <manifest>")
    .description("Execute a pipeline of a JSON or YAML file")
    .addHelpText(
      "before",
      examples("signer call pipeline run speech.yaml --in speech.wav --out result.wav"),
    )
    .option(
      "--in <[input=]file>",
      "file with the value of an input, - for standard input; repeatable",
      collect,
    )
    .option(
      "--out <[output=]file>",
      "file for an output, - for standard output; repeatable",
      collect,
    )
    .action(async (manifest, _, command: Command) =>
      (await import("./pipeline.ts")).run(manifest, command.optsWithGlobals())
    );
  pipeline.command("stream <manifest>")
    .description("Execute a pipeline on raw samples of standard input while they arrive")
    .addHelpText(
      "before",
      examples(
        "arecord -t raw -f S16_LE -r 16000 | signer call pipeline stream live.yaml --rate 16000",
        "signer call pipeline stream live.yaml --rate 48000 --output raw < in.raw > out.raw",
      ),
    )
    .addOption(
      new Option("--rate <hertz>", "sample rate").makeOptionMandatory()
        .argParser(wholeNumber(1, 768_000)),
    )
    .addOption(
      new Option("--channels <n>", "channels, interleaved").default(1).argParser(
        wholeNumber(1, 64),
      ),
    )
    .addOption(
      new Option("--format <format>", "format of the samples, little-endian").default("I16")
        .choices(["F32", "I16", "I32"]),
    )
    .addOption(
      new Option("--chunk <ms>", "length of a chunk in milliseconds").default(100)
        .argParser(wholeNumber(1, 10_000)),
    )
    .action(async (manifest, _, command: Command) =>
      (await import("./pipeline_stream.ts")).stream(manifest, command.optsWithGlobals())
    );
  pipeline.command("check <manifest>")
    .description("Validate a manifest, without a server")
    .addHelpText("before", examples("signer call pipeline check speech.yaml"))
    .action(async (manifest, _, command: Command) =>
      (await import("./pipeline.ts")).check(manifest, command.optsWithGlobals())
    );
  pipeline.command("nodes")
    .description("List the server's types of nodes and their parameters")
    .addHelpText("before", examples("signer call pipeline nodes"))
    .action(async (_, command: Command) =>
      (await import("./pipeline.ts")).nodes(command.optsWithGlobals())
    );
}

function addSymbols(call: Command): void {
  withSchema(call.command("list [service]"))
    .description("List the server's services, or the methods of one")
    .addHelpText(
      "before",
      examples("signer call list", "signer call list signer.v1.SigningService"),
    )
    .action(async (service, _, command: Command) =>
      (await import("./symbols.ts")).list(service, command.optsWithGlobals())
    );
  withSchema(call.command("describe <symbol>"))
    .description("Show the declaration of a service, a method, a message or an enum")
    .addHelpText("before", examples("signer call describe signer.v1.SignRequest"))
    .action(async (symbol, _, command: Command) =>
      (await import("./symbols.ts")).describe(symbol, command.optsWithGlobals())
    );
}

function addInvoke(call: Command): void {
  // Excess arguments are refused by the action: after an unknown verb they are not the error.
  withSchema(call.command("invoke [method]", { isDefault: true }).allowExcessArguments())
    .description("Call a method with requests in JSON; the word invoke may be left out")
    .addHelpText(
      "before",
      examples(
        'signer call signer.v1.EchoService/Echo -d \'{"message": "hello"}\'',
        "signer call signer.v1.SigningService/SignStream -d @requests.json",
        "signer call a.v1.Greeter/Hello --proto a/v1/greeter.proto --import-path proto",
      ),
    )
    .option(
      "-d, --data <json>",
      "requests in JSON: the text itself, @FILE, or @- for standard input",
    )
    .action(async (method: string | undefined, _, command: Command) => {
      refuseOtherWords(call, method);
      const [, ...excess] = command.args;
      if (excess.length > 0) {
        throw usageError(
          `Too many arguments after ${method}: ${excess.join(" ")}`,
          'Give the request with -d, as in -d \'{"message": "hello"}\'',
        );
      }
      await (await import("./invoke.ts")).invoke(method, command.optsWithGlobals());
    });
}

/** A word with `.` or `/` is a method name; any other unknown word is an error. */
function refuseOtherWords(call: Command, word: string | undefined): asserts word is string {
  if (word === undefined) {
    throw usageError(
      "No method is named",
      "Name one, as in signer call echo hello; see signer call --help",
    );
  }
  if (/[./]/.test(word)) return;
  const near = nearest(word, call.commands.map((command) => command.name()));
  throw usageError(
    `Unknown command ${JSON.stringify(word)}`,
    near
      ? `Did you mean ${near}? Or see signer call --help`
      : "Write a method as signer.v1.EchoService/Echo, or see signer call --help",
  );
}

function withKey(command: Command): Command {
  return command
    .addOption(new Option("--key <id>", "id of the key").conflicts("keyType"))
    .addOption(
      keyTypeOption("--key-type <type>", "use the server's default key of this type"),
    );
}

/** @param repeatable several inputs can be given */
function withSigningInput(
  command: Command,
  { repeatable }: { readonly repeatable: boolean },
): Command {
  return withKey(command)
    .addOption(
      algorithmOption("--algorithm <name>", "signing algorithm (default: one that fits the key)"),
    )
    .option("--digest", "the input is a digest: TEXT in hexadecimal, a file as bytes")
    .addOption(
      new Option("--format <format>", "encoding of ECDSA signatures (default: der)")
        .choices(["der", "p1363"]),
    )
    .option(
      "--in <file>",
      `file to read, of any size; - is standard input${repeatable ? "; repeatable" : ""}`,
      collect,
    );
}
