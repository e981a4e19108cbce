/**
 * The leak check of the test suite, a module for `deno test --preload`: at the end of each test file, descriptors,
 * child processes and objects of OpenSSL are back to their state at its start. Deno's sanitizers find the resources of
 * Deno itself; these are opened by FFI, by worker threads, or by processes.
 *
 * Objects of OpenSSL belong to a file's thread, and are compared at its end. Descriptors and processes belong to the
 * process, in which `--parallel` runs several files at a time: they are compared whenever no file runs, at the end of
 * the run at the latest, and the failure names the files that ran when one was first seen.
 *
 * Memory from malloc(3) is not compared: files that run at the same time share it with each other, with V8 and with
 * Deno, whose caches grow. It is measured where it is taken, in processes of their own: `ffi/libcrypto_test.ts` for keys
 * and signatures, `net/tls_memory_test.ts` for TLS, `e2e/memory_test.ts` and `e2e/config_reload_test.ts` for servers.
 *
 * @module
 */
import { isSupported } from "../../../src/ffi/libc/mod.ts";
import { OpenSslObjects } from "./openssl_objects.ts";
import { openThings } from "./open_things.ts";
import { RunState } from "./run_state.ts";

/** 3 s for killed processes and ended threads to be gone on a busy machine. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 50;

/** Watches this test file. */
function watch(): void {
  const file = decodeURI(Deno.mainModule.split("/tests/").at(-1)!);
  const state = RunState.ofThisProcess();
  const openSsl = new OpenSslObjects();
  Deno.env.set(RunState.variable, state.id);
  state.start(file, openThings());
  let hasEnded = false;

  /** Ends the file in the state of the run. Returns a line for each thing that is open although no file runs. */
  const leftOpen = async () => {
    for (let waited = 0;; waited += PAUSE_MS) {
      const left = state.end(file, openThings(state.id), waited >= PATIENCE_MS);
      hasEnded = left !== undefined;
      if (left !== undefined) return left;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  // A file that fails to load, or has no test, never comes to `afterAll`.
  globalThis.addEventListener("unload", () => {
    if (!hasEnded) state.end(file, openThings(), true);
  });
  Deno.test.beforeAll(() => openSsl.begin());
  Deno.test.afterAll(async () => {
    const lines = [...openSsl.left(), ...await leftOpen()];
    if (lines.length > 0) throw new Error(`A test file leaks:\n${lines.join("\n")}`);
  });
}

// Other systems have no /proc.
if (Deno.build.os === "linux") watch();
// libc stays open once a file is read: opened within a test, Deno's sanitizer would report it.
isSupported();
