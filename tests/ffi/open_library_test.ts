/** The functions of C libraries that are compiled when a library is opened, and those that are called by address. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const functions = {
  getpid: { parameters: [], result: "i32" },
  pid_by_address: { name: "getpid", parameters: [], result: "i32" },
  strlen: { parameters: ["buffer"], result: "usize" },
  usleep: { parameters: ["u32"], result: "i32", nonblocking: true },
} as const;

const [test, { libc, refusal, tables }] = await gate(["ffi"], async () => {
  const { openLibrary } = await import("../../src/ffi/_open_library.ts");
  let refusal: unknown;
  try {
    const functions = { no_such_function: { parameters: [], result: "void" } } as const;
    openLibrary("libc.so.6", { functions, compiled: [] });
  } catch (error) {
    refusal = error;
  }
  return {
    // Here, because libraries stay open.
    libc: openLibrary("libc.so.6", { functions, compiled: ["getpid"] }),
    refusal,
    tables: {
      libcrypto: (await import("../../src/ffi/libcrypto/symbols.ts")).libcryptoTable,
      awsLc: (await import("../../src/ffi/libcrypto/aws_lc_symbols.ts")).awsLcTable,
    },
  };
});

test("a function that is called by its address takes and returns the same values as a compiled one", async () => {
  assert.equal(libc.getpid(), Deno.pid);
  assert.equal(libc.pid_by_address(), Deno.pid);
  assert.equal(libc.strlen(new TextEncoder().encode("hello\0")), 5n);
  assert.equal(await libc.usleep(1), 0);
});

test("a library without one of the functions is refused", () => {
  assert.match(`${refusal}`, /no_such_function/);
});

// All functions of libc and libcrypto were compiled: 16 ms of the start of each thread.
test("only functions of requests and connections are compiled", () => {
  for (const [name, { functions, compiled }] of Object.entries(tables)) {
    assert.ok(compiled.length <= 12, `${name} compiles ${compiled.length} functions`);
    assert.ok(Object.keys(functions).length > 2 * compiled.length, name);
  }
});
