/** A thread that opens a socket and leaves it open. @module */
const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
});
const [AF_UNIX, SOCK_STREAM] = [1, 1];
libc.socket(AF_UNIX, SOCK_STREAM, 0);
(globalThis as unknown as { postMessage(message: string): void }).postMessage("opened");
