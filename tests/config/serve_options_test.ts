/** The table of the options of `serve`: every entry works by flag, by variable and in a file. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { sampleText } from "./_values.ts";

// The parser of YAML reads the environment.
const [test, { commander, config, files, options, serve }] = await gate(
  ["env", "read"],
  async () => ({
    commander: await import("commander"),
    config: await import("../../src/config/mod.ts"),
    files: await import("../../src/config/files/mod.ts"),
    options: await import("../../src/cli/options.ts"),
    serve: await import("../../src/cli/serve/options/mod.ts"),
  }),
);

const PREFIX = "SIGNER_SERVE_";

function entries() {
  return Object.entries(serve.serveOptions) as [
    string,
    import("../../src/config/mod.ts").ConfigOption,
  ][];
}

/** Parses a command line of a command with all options of `serve`. */
function flags(args: string[]) {
  const command = new commander.Command("serve").exitOverride();
  options.addOptions(command, serve.serveOptions, serve.serveSections);
  command.action(() => {});
  command.parse(args, { from: "user" });
  return options.flagsOf(command, serve.serveOptions);
}

test("flags, variables and paths are unique, and every path is in a section", () => {
  const all = entries().map(([, option]) => option);
  assert.ok(all.length > 50);
  for (
    const names of [
      all.map(({ flag }) => flag),
      all.map(({ path }) => path),
      all.map((option) => config.variableOf(option, PREFIX)),
    ]
  ) {
    assert.equal(new Set(names).size, names.length);
  }
  for (const option of all) {
    assert.ok(Object.hasOwn(serve.serveSections, config.sectionOf(option)), option.path);
    assert.match(option.path, /^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(option.help, /^[^A-Z].*[^.]$|^(AF_VSOCK|CA|Ed25519|TLS|gRPC)/, option.flag);
    for (const other of option.replaces ?? []) assert.ok(Object.hasOwn(serve.serveOptions, other));
  }
});

test("every option has the same value by flag, by variable and in a file", () => {
  for (const [name, option] of entries()) {
    const text = sampleText(option);
    const expected = option.repeatable ? [option.kind.parse(text)] : option.kind.parse(text);
    const variable = config.variableOf(option, PREFIX);

    const environment = config.readEnvironment(serve.serveOptions, PREFIX, { [variable]: text });
    assert.deepEqual(environment.problems, [], variable);
    assert.deepEqual(environment.given.get(name)?.value, expected, variable);

    const [section, key] = option.path.split(".");
    for (const yaml of [text, JSON.stringify(text), ...option.repeatable ? [`["${text}"]`] : []]) {
      const file = files.readTable(
        serve.serveOptions,
        `${section}:\n  # A comment.\n  ${key}: ${yaml}\n`,
        "c.yaml",
      );
      assert.deepEqual(file.problems, [], option.path);
      const { value, source } = file.given.get(name)!;
      assert.deepEqual(value, expected, option.path);
      assert.deepEqual(source, {
        from: "file",
        file: "c.yaml",
        line: 3,
        column: (key?.length ?? 0) + 5,
      });
    }

    const isSwitch = option.kind.argument === "";
    const given = flags(isSwitch ? [option.flag] : [option.flag, text]);
    assert.deepEqual(
      given.get(name)?.value,
      isSwitch ? !option.flag.startsWith("--no-") : expected,
      option.flag,
    );
    assert.equal(given.size, 1, option.flag);
  }
});

test("a default is read back from its text", () => {
  for (const [name, option] of entries()) {
    if (option.default === undefined) continue;
    const { kind } = option;
    assert.deepEqual(kind.parse(kind.format(option.default)), option.default, name);
  }
  const values = config.withDefaults(serve.serveOptions, new Map());
  assert.equal(values.maxConcurrentStreams, 1_024);
  assert.equal(values.reflection, true);
  assert.ok(!("tcp" in values));
});

test("a switch is taken back by its opposite", () => {
  assert.equal(flags(["--no-pin"]).get("pin")?.value, false);
  assert.deepEqual(flags(["--reflection"]).get("reflection"), {
    value: true,
    source: { from: "flag", flag: "--reflection" },
  });
  assert.equal(flags([]).size, 0);
});

test("flags are stronger than variables, and variables than a file", () => {
  const file = files.readTable(
    serve.serveOptions,
    "limits: {max-streams: 1, max-queue: 1, max-batch: 1}\nlisten: {unix: /a, vsock: 5000}\n",
    "c.yaml",
  );
  const environment = config.readEnvironment(serve.serveOptions, PREFIX, {
    SIGNER_SERVE_MAX_STREAMS: "2",
    SIGNER_SERVE_MAX_QUEUE: "2",
    SIGNER_SERVE_LOG_LEVEL: "",
  });
  const merged = config.merge(serve.serveOptions, [
    flags(["--max-streams", "3", "--tcp", "h:1", "--tcp", "h:2"]),
    environment.given,
    file.given,
  ]);
  const values = config.withDefaults(serve.serveOptions, merged);
  assert.equal(values.maxConcurrentStreams, 3);
  assert.equal(values.maxQueuedCalls, 2);
  assert.equal(values.maxBatchItems, 1);
  assert.deepEqual(values.logLevel, { others: "info", categories: {} });
  // Addresses of a flag replace those of the file, of any transport.
  assert.deepEqual(values.tcp, ["h:1", "h:2"]);
  assert.equal(values.unix, undefined);
  assert.equal(values.vsock, undefined);
  assert.equal(config.formatSource(merged.get("maxConcurrentStreams")!.source), "--max-streams");
  assert.equal(config.formatSource(merged.get("maxQueuedCalls")!.source), "SIGNER_SERVE_MAX_QUEUE");
  assert.equal(config.formatSource(merged.get("maxBatchItems")!.source), "c.yaml:1:51");
});
