#!/usr/bin/env node
// The command `signer` of the npm package: runs the program by the Deno that is installed beside it.
"use strict";
const { spawn } = require("node:child_process");
const path = require("node:path");

const options = "@OPTIONS@".split(" ");
const program = path.join(__dirname, "..", "program", "main.js");

/** The path of Deno. Its package puts the executable there when it is installed, or here, when npm runs no scripts. */
const deno = require("deno/install_api.cjs").runInstall();

const child = spawn(deno, [...options, `--allow-run=${deno}`, program, ...process.argv.slice(2)], {
  stdio: "inherit",
  // Deno would look for a newer version of itself.
  env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`signer: error: Cannot start ${deno}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
