/** `signer config`: checks and shows configurations, and prints their schema. @module */
import { Argument, Command } from "commander";
import { examples } from "../help.ts";
import { writeResult } from "../output.ts";
import {
  addServeOptions,
  checkServeConfiguration,
  readServeConfiguration,
  readServeFile,
} from "../serve/mod.ts";

export { documents } from "./documents.ts";

/** The command `signer config`. Actions import their modules when they run. */
export function configCommand(): Command {
  const config = new Command("config").addHelpText(
    "before",
    examples(
      "signer config check /etc/signer/config.yaml",
      "signer config show --max-streams 100",
      "signer config example > config.yaml",
      "signer config use-context prod",
    ),
  );
  config.command("check <file>")
    .description("Check the configuration file of a server, and the files that it names")
    .addHelpText("before", examples("signer config check /etc/signer/config.yaml"))
    .action(async (file: string) =>
      writeResult(`ok: ${await checkServeConfiguration(await readServeFile(file))}\n`)
    );
  addServeOptions(
    config.command("show")
      .description("Print the values in effect, each with its source")
      .addHelpText("before", examples("signer config show --max-streams 100 --json"))
      .usage("[options of serve]"),
  )
    .option("--json", "print JSON")
    .action(async ({ json = false }: { json?: boolean }, command: Command) => {
      const configuration = await readServeConfiguration(command);
      const [{ showValues }, { serveOptions }] = await Promise.all([
        import("./show.ts"),
        import("../serve/options/mod.ts"),
      ]);
      writeResult(showValues(serveOptions, configuration.given, { json }));
    });
  config.command("schema")
    .description("Print the JSON Schema of a configuration file")
    .addHelpText(
      "before",
      examples("signer config schema > serve.schema.json", "signer config schema contexts"),
    )
    .addArgument(
      new Argument("[kind]", "the file of a server, or of a user's contexts")
        .choices(["serve", "contexts"]).default("serve"),
    )
    .action(async (kind: "serve" | "contexts") => {
      const { jsonSchema } = await import("./documents.ts");
      writeResult(`${JSON.stringify(await jsonSchema(kind), null, 2)}\n`);
    });
  config.command("example")
    .description("Print a commented configuration file of a server")
    .addHelpText("before", examples("signer config example > config.yaml"))
    .action(async () => {
      const { documents } = await import("./documents.ts");
      writeResult((await documents()).example);
    });
  addContexts(config);
  return config;
}

function addContexts(config: Command): void {
  config.command("get-contexts")
    .description("List your contexts; * marks the current one")
    .addHelpText("before", examples("signer config get-contexts"))
    .action(async () => writeResult((await import("./contexts.ts")).listContexts()));
  config.command("current-context")
    .description("Print the name of your current context")
    .addHelpText("before", examples("signer config current-context"))
    .action(async () => writeResult((await import("./contexts.ts")).currentContext()));
  config.command("use-context <name>")
    .description("Make a context the current one")
    .addHelpText("before", examples("signer config use-context prod"))
    .action(async (name: string) => (await import("./contexts.ts")).selectContext(name));
  config.command("show-context [name]")
    .description("Print the values of a context, by default of the current one")
    .addHelpText("before", examples("signer config show-context prod"))
    .action(async (name: string | undefined) =>
      writeResult((await import("./contexts.ts")).showContext(name))
    );
}
