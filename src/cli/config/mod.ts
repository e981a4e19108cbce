/** `signer config`: checks and shows configurations, and prints their schema. @module */
import { Command } from "commander";
import { examples } from "../help.ts";
import { writeResult } from "../output.ts";
import {
  addServeOptions,
  checkServeConfiguration,
  readServeConfiguration,
  readServeFile,
} from "../serve/mod.ts";

export { serveDocuments } from "./documents.ts";

/** The command `signer config`. Actions import their modules when they run. */
export function configCommand(): Command {
  const config = new Command("config").addHelpText(
    "before",
    examples(
      "signer config check /etc/signer/config.yaml",
      "signer config show --max-streams 100",
      "signer config example > config.yaml",
    ),
  );
  config.command("check <file>")
    .description("Check the configuration file of a server, and the files that it names")
    .action(async (file: string) => checkServeConfiguration(await readServeFile(file)));
  addServeOptions(
    config.command("show")
      .description("Print the values in effect, each with its source")
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
    .action(async () => {
      const { jsonSchema } = await import("./documents.ts");
      writeResult(`${JSON.stringify(await jsonSchema(), null, 2)}\n`);
    });
  config.command("example")
    .description("Print a commented configuration file of a server")
    .action(async () => {
      const { serveDocuments } = await import("./documents.ts");
      writeResult((await serveDocuments()).example);
    });
  return config;
}
