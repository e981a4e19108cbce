/** Contexts of clients: the table of their options, and the file. @module */
import assert from "node:assert/strict";
import type { ConfigOption } from "../../src/config/mod.ts";
import { gate } from "../_support/gate.ts";
import { sampleText } from "./_values.ts";

// The parser of YAML reads the environment.
const [test, { config, files, client }] = await gate(["env", "read"], async () => ({
  config: await import("../../src/config/mod.ts"),
  files: await import("../../src/config/files/mod.ts"),
  client: await import("../../src/cli/client/options/mod.ts"),
}));

test("every option of clients has the same value by variable and in a context", () => {
  const names = new Set<string>();
  for (const [name, option] of Object.entries<ConfigOption>(client.clientOptions)) {
    const text = sampleText(option);
    const expected = option.repeatable ? [option.kind.parse(text)] : option.kind.parse(text);
    const variable = config.variableOf(option, "SIGNER_CLIENT_");
    names.add(variable).add(option.path);
    const environment = config.readEnvironment(client.clientOptions, "SIGNER_CLIENT_", {
      [variable]: text,
    });
    assert.deepEqual(environment.given.get(name)?.value, expected, variable);
    const value = option.path.split(".").reduceRight<unknown>(
      (inner, key) => ({ [key]: inner }),
      text,
    );
    const { contexts, problems } = files.readContexts(
      client.clientOptions,
      JSON.stringify({ contexts: { "a b": value } }),
      "c.yaml",
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(contexts.get("a b")?.get(name)?.value, expected, option.path);
  }
  assert.equal(names.size, 2 * Object.keys(client.clientOptions).length);
});

test("problems of a file with contexts are reported at once", () => {
  const text = `\
current-contxt: prod
contexts:
  prod:
    to: a:1
    deadlin: 3s
    tls:
      ca: [a]
      min: 1.1
  dev: 127.0.0.1:1
`;
  const { problems } = files.readContexts(client.clientOptions, text, "c");
  assert.deepEqual(problems.map((problem) => problem.replace(/(mapping with to, ).*/, "$1…")), [
    "c:1:1: current-contxt is not known: did you mean current-context?",
    "c:5:5: contexts.prod.deadlin is not known: did you mean deadline?",
    "c:7:11: contexts.prod.tls.ca has to be one value",
    'c:8:12: contexts.prod.tls.min is "1.1": allowed choices are 1.2, 1.3',
    "c:9:8: contexts.dev has to be a mapping with to, …",
  ]);
});

test("an address replaces all weaker addresses, and --plaintext the options of TLS", () => {
  const { contexts } = files.readContexts(
    client.clientOptions,
    "contexts: {p: {to: [a:1, b:2], unix: /s, tls: {ca: ca.pem}, token-file: t, deadline: 2s}}",
    "/home/me/c.yaml",
  );
  const context = contexts.get("p")!;
  assert.equal(context.get("tlsCa")?.value, "/home/me/ca.pem");
  const flag = (value: unknown) => ({ value, source: { from: "flag", flag: "--x" } as const });
  const merged = config.merge(client.clientOptions, [
    new Map([["tcp", flag(["h:1"])], ["plaintext", flag(true)]]),
    context,
  ]);
  assert.deepEqual([...merged.keys()].sort(), ["deadline", "plaintext", "tcp", "tokenFile"]);
});
