/** The documents that are generated from the tables of options. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

// The parser of YAML reads the environment.
const [test, { config, files, serve, client, documents }] = await gate(
  ["env", "read"],
  async () => ({
    config: await import("../../src/config/mod.ts"),
    files: await import("../../src/config/files/mod.ts"),
    serve: await import("../../src/cli/serve/options/mod.ts"),
    client: await import("../../src/cli/client/options/mod.ts"),
    documents: await import("../../src/cli/config/documents.ts"),
  }),
);

test("the example file changes nothing, and each of its lines is a default or an example", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/config.example.yaml", import.meta.url));
  assert.equal(text, (await documents.documents()).example);
  const asItIs = files.readTable(serve.serveOptions, text, "/e/example.yaml");
  assert.deepEqual([asItIs.problems, asItIs.given.size], [[], 0]);
  const { problems, given } = files.readTable(
    serve.serveOptions,
    text.replace(/^( *)#(?=\S)/gm, "$1"),
    "/e/example.yaml",
  );
  assert.deepEqual(problems, []);
  for (const [name, option] of Object.entries(serve.serveOptions)) {
    assert.ok(given.has(name), `${option.path} is missing`);
    if ("default" in option) assert.deepEqual(given.get(name)!.value, option.default, option.path);
  }
});

test("the reference in the documentation has every option", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));
  for (const { path, flag } of [serve.serveOptions, client.clientOptions].flatMap(Object.values)) {
    assert.ok(page.includes(`- \`${path}\`, \`${flag}`), path);
  }
});

test("the JSON Schema has every option with its default, and allows no other key", async () => {
  type Schema = {
    properties: Record<string, Schema>;
    additionalProperties: boolean;
    default?: unknown;
    description?: string;
  };
  const schema = await documents.jsonSchema("serve") as Schema;
  assert.equal(schema.additionalProperties, false);
  for (
    const option of Object.values<import("../../src/config/mod.ts").ConfigOption>(
      serve.serveOptions,
    )
  ) {
    const [section, key] = option.path.split(".");
    assert.equal(schema.properties[section!]!.additionalProperties, false, section);
    const found = schema.properties[section!]!.properties[key!]!;
    assert.equal(found.description, config.describe(option), option.path);
    if (option.default !== undefined) assert.notEqual(found.default, undefined, option.path);
  }
});

test("a secret is never printed", () => {
  const option = {
    flag: "--header",
    path: "header",
    kind: config.choice("<x>", ["fine"]),
    help: "h",
    secret: true,
  } as const;
  assert.equal(config.formatValue(option, "hunter2"), "REDACTED");
  assert.equal(config.yamlValue({ ...option, repeatable: true }, ["hunter2"]), "[REDACTED]");
  const { problems } = files.readTable({ header: option }, "header: hunter2\n", "c.yaml");
  assert.deepEqual(problems, ["c.yaml:1:9: header cannot be used: allowed choices are fine"]);
  const environment = config.readEnvironment({ header: option }, "X_", { X_HEADER: "hunter2" });
  assert.deepEqual(environment.problems, ["X_HEADER cannot be used: allowed choices are fine"]);
});

test("values are written so that YAML reads them back", () => {
  const option = {
    flag: "--x",
    path: "s.x",
    kind: config.text("<x>"),
    help: "x",
    repeatable: true,
  } as const;
  const values = [
    ...["a", "true", "1.3", "0600", "null", "~", "a: b", "a:b", "a #b", "a,b", "[a]", "{a}"],
    ...[
      '"',
      "'",
      "- a",
      "-a",
      "&a",
      "*a",
      "!a",
      "%a",
      "@a",
      "`a",
      "?",
      ":",
      "a:",
      " a ",
      "a\nb",
      "é",
    ],
    ...["host:1", "[::1]:50051", "vsock:any:5000", "=", "0x1f", ".5", "+1", "off", "yes"],
  ];
  const text = `s:\n  x: ${config.yamlValue(option, values)}\n`;
  const { given, problems } = files.readTable({ x: option }, text, "c.yaml");
  assert.deepEqual(problems, []);
  assert.deepEqual(given.get("x")?.value, values);
});

test("words that are booleans in YAML 1.1 are quoted", () => {
  // Tools of YAML 1.1, as most in Python are, read `max-connection-age: off` as false, which the schema refuses.
  const option = { flag: "--x", path: "x", kind: config.text("<x>"), help: "x" } as const;
  for (const word of ["off", "On", "yes", "NO", "y", "True"]) {
    assert.equal(config.yamlValue(option, word), JSON.stringify(word));
  }
  assert.equal(config.yamlValue(option, "offline"), "offline");
});

test("a server that reads its file again uses the schema that it has made", () => {
  // zod compiles a parser for each new schema: 100 reloads once took 35 MB, which never came back.
  assert.equal(files.tableSchema(serve.serveOptions), files.tableSchema(serve.serveOptions));
});
