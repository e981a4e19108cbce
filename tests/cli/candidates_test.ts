import assert from "node:assert/strict";
import { Argument, Command, Option } from "commander";
import { candidates } from "../../src/cli/completion/candidates.ts";

/** Creates a program with each kind of command, option and argument that completion supports. */
function program(): Command {
  const root = new Command("signer").option("--debug", "more");
  const keygen = new Command("keygen").description("Make a key")
    .addOption(new Option("-t, --type <type>").choices(["rsa-2048", "ed25519"]))
    .option("--out <file>")
    .option("--force");
  const call = new Command("call").option("--to <address>").alias("ask");
  call.addCommand(new Command("echo"));
  call.addCommand(new Command("sign").addArgument(new Argument("<how>").choices(["fast", "slow"])));
  root.addCommand(keygen).addCommand(call);
  root.addCommand(new Command("hidden"), { hidden: true });
  return root;
}

function values(...words: string[]): string[] {
  return candidates(program(), words).map(({ value }) => value);
}

Deno.test("`candidates()` offers commands that are not hidden", () => {
  assert.deepEqual(values(""), ["keygen", "call", "help"]);
  assert.deepEqual(values("k"), ["keygen"]);
  assert.deepEqual(values("h"), ["help"]);
});

Deno.test("`candidates()` offers the commands of a command, also by its alias and after options", () => {
  assert.deepEqual(values("call", ""), ["echo", "sign", "help"]);
  assert.deepEqual(values("ask", "s"), ["sign"]);
  assert.deepEqual(values("call", "--to", "echo", "e"), ["echo"]);
});

Deno.test("`candidates()` offers the options of a command and of those above it", () => {
  assert.deepEqual(values("keygen", "--"), ["--type", "--out", "--force", "--help", "--debug"]);
  assert.deepEqual(values("call", "echo", "--t"), ["--to"]);
});

Deno.test("`candidates()` offers the choices of an option's value", () => {
  assert.deepEqual(values("keygen", "--type", ""), ["rsa-2048", "ed25519"]);
  assert.deepEqual(values("keygen", "-t", "e"), ["ed25519"]);
  assert.deepEqual(values("keygen", "--type", "=", "e"), ["ed25519"]);
  assert.deepEqual(values("keygen", "--type=e"), ["--type=ed25519"]);
});

Deno.test("`candidates()` leaves other values to the shell", () => {
  assert.deepEqual(values("keygen", "--out", ""), []);
  assert.deepEqual(values("keygen", "--out=k"), []);
  assert.deepEqual(values("keygen", "--unknown=k"), []);
});

Deno.test("`candidates()` offers the choices of an argument", () => {
  assert.deepEqual(values("call", "sign", "s"), ["slow"]);
});

Deno.test("`candidates()` includes descriptions", () => {
  assert.deepEqual(candidates(program(), ["ke"]), [{ value: "keygen", description: "Make a key" }]);
});
