/** Command lines of `serve` that are read without commander. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { Command, addServeOptions, flagsOf, oppositeOf, isSwitch, read, serveOptions }] =
  await gate(["env", "read", "ffi", "sys"], async () => {
    const { serveOptions } = await import("../../src/cli/serve/options/mod.ts");
    const { readPlainArguments } = await import(
      "../../src/cli/serve/start/plain_arguments.ts"
    );
    const { isSwitch, oppositeOf } = await import("../../src/config/mod.ts");
    return {
      Command: (await import("commander")).Command,
      addServeOptions: (await import("../../src/cli/serve/mod.ts")).addServeOptions,
      flagsOf: (await import("../../src/cli/options.ts")).flagsOf,
      ...{ isSwitch, oppositeOf, serveOptions },
      read: (args: readonly string[]) => readPlainArguments(serveOptions, args),
    };
  });

/** Reads arguments as commander does. */
function readByCommander(args: readonly string[]) {
  const command = addServeOptions(new Command("serve")).exitOverride();
  command.parse([...args], { from: "user" });
  return { flags: flagsOf(command, serveOptions), config: command.opts().config };
}

/** Texts of which each kind of value takes at least one. */
const texts = [
  ...["1", "2", "10s", "64KiB", "127.0.0.1:0", "5000", "unix:/run/signer.sock", "ed25519", "0600"],
  ...["k=/key.pem", "/file", "info", "native", "openssl", "key=/certificate.pem", "name"],
];

/** The texts that an option takes. */
function textsOf(name: keyof typeof serveOptions): string[] {
  const { kind } = serveOptions[name];
  return [...kind.choices ?? [], ...texts].filter((text) => {
    try {
      kind.parse(text);
      return true;
    } catch {
      return false;
    }
  }).slice(0, 2);
}

test("each option has the value that commander reads", () => {
  for (const [name, option] of Object.entries(serveOptions)) {
    const found = isSwitch(option) ? [] : textsOf(name as keyof typeof serveOptions);
    assert.ok(isSwitch(option) || found.length > 0, `no text for --${name}`);
    const [first, last = first] = found;
    const lines = isSwitch(option)
      ? [
        [option.flag],
        [oppositeOf(option.flag)],
        [option.flag, oppositeOf(option.flag)],
        [oppositeOf(option.flag), option.flag],
      ]
      : [
        [option.flag, first],
        [`${option.flag}=${first}`],
        [option.flag, first, option.flag, last],
      ];
    for (const line of lines) assert.deepEqual(read(line), readByCommander(line), line.join(" "));
  }
});

test("`--config` and `--no-config` have the values that commander reads", () => {
  const lines = [
    ["--config", "/a.yaml", "--tcp", "127.0.0.1:0"],
    ["--config=/a.yaml"],
    ["--no-config"],
    ["--config", "/a.yaml", "--no-config"],
    ["--no-config", "--config", "/a.yaml"],
  ];
  for (const line of lines) {
    const { flags, config } = readByCommander(line);
    const expected = { flags, config };
    assert.deepEqual(read(line), expected, line.join(" "));
  }
});

test("other command lines are for commander", () => {
  const lines = [
    ["--help"],
    ["-h"],
    ["--check"],
    ["--no-such-option"],
    ["--tcp"],
    ["--tcp", "--unix", "/socket"],
    ["--max-connections", "many"],
    ["--reload=true"],
    ["--no-config=x"],
    ["--", "--tcp", "127.0.0.1:0"],
    ["word"],
    ["--debug"],
    ["--context", "name"],
  ];
  for (const line of lines) assert.equal(read(line), undefined, line.join(" "));
});
