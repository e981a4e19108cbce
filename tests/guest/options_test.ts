/** The command line of `scripts/guest_vm.ts`. @module */
import assert from "node:assert/strict";
import { commandScript } from "../../scripts/guest_vm/image.ts";
import { readArguments, UsageError } from "../../scripts/guest_vm/options.ts";

Deno.test("`readArguments()` passes test files and options to `deno test`", () => {
  const { mode, command } = readArguments(["test", "a_test.ts", "--", "--filter", "x"]);
  assert.equal(mode, "test");
  assert.deepEqual(command.slice(0, 2), ["deno", "test"]);
  assert.deepEqual(command.slice(-3), ["--filter", "x", "a_test.ts"]);
});

Deno.test("`readArguments()` without files selects the tests of transports, none of which may be ignored", () => {
  const { command, noneIgnored } = readArguments(["test"]);
  assert.ok(command.includes("tests/e2e/transports_test.ts"));
  assert.equal(noneIgnored, true);
  assert.equal(readArguments(["test", "a_test.ts"]).noneIgnored, false);
});

Deno.test("`readArguments()` passes all words after `--` to the command", () => {
  const job = readArguments(["run", "--timeout", "9", "--", "sh", "--timeout", "--", "x"]);
  assert.equal(job.timeoutS, 9);
  assert.deepEqual(job.command, ["sh", "--timeout", "--", "x"]);
});

Deno.test("`readArguments()` splits `--add` into host and guest, with colons in the host's path", () => {
  const { added } = readArguments(["run", "--add", "a:b:/c", "--add", "d:/e", "--", "true"]);
  assert.deepEqual([...added], [["/c", "a:b"], ["/e", "d"]]);
});

for (
  const [wrong, message] of [
    [[], /got nothing/],
    [["boot"], /got "boot"/],
    [["run"], /after `--`/],
    [["run", "ls"], /after `--`/],
    [["run", "ls", "--", "ls"], /after `--`/],
    [["test", "--bare"], /cannot be `--bare`/],
    [["test", "--systemd", "bookworm"], /cannot be `--systemd`/],
    [["test", "--add", "a"], /HOST:\/GUEST, not "a"/],
    [["test", "--add", "a:b"], /HOST:\/GUEST, not "a:b"/],
    [["test", "--timeout", "0"], /not "0"/],
    [["test", "--cpus", "two"], /not "two"/],
    [["test", "--frob"], /--frob/],
  ] as const
) {
  Deno.test(`\`readArguments()\` rejects "${wrong.join(" ")}"`, () => {
    assert.throws(
      () => readArguments([...wrong]),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

Deno.test("`commandScript()` quotes characters that a shell would expand", () => {
  const script = commandScript({
    files: new Map(),
    folder: "/a b",
    environment: { NAME: "it's $HOME" },
    command: ["echo", "*", "'"],
    vsockDevice: false,
    systemd: false,
  });
  assert.equal(
    script,
    "#!/bin/busybox sh\nexport NAME='it'\\''s $HOME'\ncd '/a b' && exec 'echo' '*' ''\\'''\n",
  );
});
