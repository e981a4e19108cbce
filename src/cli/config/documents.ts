/** The documents that are generated from the tables of options. @module */
import { clientOptions, clientSections } from "../client/options/mod.ts";
import { serveOptions, serveSections } from "../serve/options/mod.ts";

const EXAMPLE_HEAD = "The configuration of `signer serve`, with all options: remove the `#` of a " +
  "line to set its option. The value is the default of the option, or an example where there is no " +
  "default. An option with the word reload takes effect when the server gets SIGHUP. " +
  "`signer config check FILE` checks a file.";

/** Returns the example of a server's configuration file, and the reference of all options in Markdown. */
export async function documents(): Promise<{ example: string; reference: string }> {
  const { exampleFile, markdownReference } = await import("../../config/files/mod.ts");
  return {
    example: exampleFile(serveOptions, serveSections, EXAMPLE_HEAD),
    reference: [
      markdownReference(serveOptions, serveSections),
      markdownReference(clientOptions, clientSections),
    ].join("\n"),
  };
}

/** Returns the JSON Schema of a configuration file. */
export async function jsonSchema(kind: "serve" | "contexts"): Promise<object> {
  const { contextsSchema, tableSchema } = await import("../../config/files/mod.ts");
  if (kind === "contexts") {
    return contextsSchema(clientOptions).toJsonSchema("Contexts of signer's clients");
  }
  return tableSchema(serveOptions).toJsonSchema("Configuration of signer serve");
}
