/**
 * Dials a Unix socket as a user without privileges, and prints the error. Runs as a child process, because a change
 * of user affects all threads.
 *
 * @module
 */
import { dial, parseAddress, socketsSupported } from "../../src/net/mod.ts";

socketsSupported();
if (Deno.uid() === 0) {
  const { symbols } = Deno.dlopen("libc.so.6", { seteuid: { parameters: ["u32"], result: "i32" } });
  symbols.seteuid(65534);
}
try {
  (await dial(parseAddress(Deno.args[0]))).close();
  console.log("connected");
} catch (error) {
  console.log((error as Error).message);
}
