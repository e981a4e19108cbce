import assert from "node:assert/strict";
import { CommanderError } from "commander";
import { CliError, exitCodeOfStatus, usageError } from "../../src/cli/exit.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { OutputClosed } from "../../src/cli/output.ts";
import { CryptoError } from "../../src/crypto/mod.ts";

/** What `reportFailure()` says of an error, and the exit code. */
function report(error: unknown, debug = false): { code: number; said: string } {
  const { writeSync } = Deno.stderr;
  const decoder = new TextDecoder();
  let said = "";
  Deno.stderr.writeSync = (bytes) => {
    said += decoder.decode(bytes);
    return bytes.length;
  };
  try {
    return { code: reportFailure(error, debug), said };
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
}

Deno.test("an error of the command line is one line, with a hint when there is one", () => {
  assert.deepEqual(report(new CliError(exitCodeOfStatus(5), "No such key")), {
    code: 69,
    said: "signer: error: No such key\n",
  });
  assert.deepEqual(report(usageError("Bad port 0x", "Use a number")), {
    code: 2,
    said: "signer: error: Bad port 0x\nsigner: hint: Use a number\n",
  });
});

Deno.test("a key that the user has to mend is a wrong command line, a provider that fails is not", () => {
  assert.equal(report(new CryptoError("KEY_FILE", "There is no key file x")).code, 2);
  assert.equal(report(new CryptoError("PROVIDER_FAILED", "OpenSSL failed")).code, 1);
});

Deno.test("a permission that is missing names the way to grant it", () => {
  const { code, said } = report(new Deno.errors.NotCapable("Requires ffi access"));
  assert.equal(code, 2);
  assert.match(said, /^signer: error: Requires ffi access\nsigner: hint: .*-P main\.ts/);
});

Deno.test("an unexpected error hides its stack and says how to see it", () => {
  const { code, said } = report(new TypeError("x is not a function"));
  assert.equal(code, 1);
  assert.match(
    said,
    /^signer: error: Unexpected: x is not a function\nsigner: hint: .*SIGNER_DEBUG/,
  );
  assert.doesNotMatch(said, /failure_test/);
});

Deno.test("an unexpected error that is no Error is shown", () => {
  assert.match(report("thrown").said, /Unexpected: thrown\n/);
});

Deno.test("`--debug` shows the stack and the cause", () => {
  const { said } = report(new CliError(1, "Failed", { cause: new Error("the cause") }), true);
  assert.match(said, /failure_test/);
  assert.match(said, /the cause/);
});

Deno.test("help that was asked for is no failure, help in the place of a command is", () => {
  assert.deepEqual(report(new CommanderError(0, "commander.helpDisplayed", "")), {
    code: 0,
    said: "",
  });
  assert.deepEqual(report(new CommanderError(1, "commander.help", "")), { code: 2, said: "" });
});

Deno.test("a reader that has left is no failure", () => {
  assert.deepEqual(report(new OutputClosed("closed")), { code: 0, said: "" });
});
