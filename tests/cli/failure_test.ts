/** Errors as the command line reports them. @module */
import assert from "node:assert/strict";
import { CommanderError } from "commander";
import { CliError, exitCodeOfStatus, usageError } from "../../src/cli/exit.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { OutputClosed } from "../../src/cli/output.ts";
import { CryptoError } from "../../src/crypto/mod.ts";

/** Returns the output of `reportFailure()` for an error, and the exit code. */
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

Deno.test("an error of the command line is printed on one line, with its hint", () => {
  assert.deepEqual(report(new CliError(exitCodeOfStatus(5), "No such key")), {
    code: 69,
    said: "signer: error: No such key\n",
  });
  assert.deepEqual(report(usageError("Bad port 0x", "Use a number")), {
    code: 2,
    said: "signer: error: Bad port 0x\nsigner: hint: Use a number\n",
  });
});

Deno.test("an unusable key has exit code 2, and a failure of the provider has 1", () => {
  assert.equal(report(new CryptoError("KEY_FILE", "There is no key file x")).code, 2);
  assert.equal(report(new CryptoError("PROVIDER_FAILED", "OpenSSL failed")).code, 1);
});

Deno.test("the error of a missing permission names the flag that grants it", () => {
  const { code, said } = report(new Deno.errors.NotCapable("Requires ffi access"));
  assert.equal(code, 2);
  assert.match(said, /^signer: error: Requires ffi access\nsigner: hint: .*-P main\.ts/);
});

Deno.test("an unexpected error is printed without its stack, with a hint at --debug", () => {
  const { code, said } = report(new TypeError("x is not a function"));
  assert.equal(code, 1);
  assert.match(
    said,
    /^signer: error: Unexpected: x is not a function\nsigner: hint: .*SIGNER_DEBUG/,
  );
  assert.doesNotMatch(said, /failure_test/);
});

Deno.test("a thrown value that is not an Error is printed", () => {
  assert.match(report("thrown").said, /Unexpected: thrown\n/);
});

Deno.test("`--debug` prints the stack and the cause", () => {
  const { said } = report(new CliError(1, "Failed", { cause: new Error("the cause") }), true);
  assert.match(said, /failure_test/);
  assert.match(said, /the cause/);
});

Deno.test("requested help has exit code 0, and help for a missing command has 2", () => {
  assert.deepEqual(report(new CommanderError(0, "commander.helpDisplayed", "")), {
    code: 0,
    said: "",
  });
  assert.deepEqual(report(new CommanderError(1, "commander.help", "")), { code: 2, said: "" });
});

Deno.test("a closed standard output is not a failure", () => {
  assert.deepEqual(report(new OutputClosed("closed")), { code: 0, said: "" });
});
