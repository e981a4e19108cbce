/** Leaks that the leak check must find, each chosen by the variable PLANTED_LEAK. @module */
import { openProvider } from "../../src/crypto/mod.ts";

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
});
const { provider } = openProvider("openssl");

const AF_UNIX = 1;
const SOCK_STREAM = 1;

const leaks: Readonly<Record<string, () => void | Promise<void>>> = {
  nothing: async () => {
    libc.close(libc.socket(AF_UNIX, SOCK_STREAM, 0));
    await new Deno.Command("sh", { args: ["-c", "sleep 0 & wait"] }).output();
    using _key = await provider.generate("ed25519");
  },
  "a descriptor": () => {
    libc.socket(AF_UNIX, SOCK_STREAM, 0);
  },
  "a descriptor of a worker": async () => {
    const worker = new Worker(import.meta.resolve("./_planted_worker.ts"), { type: "module" });
    await new Promise((resolve) => worker.onmessage = resolve);
    worker.terminate();
  },
  "a process": async () => {
    await new Deno.Command("sh", { args: ["-c", "sleep 60 >/dev/null 2>&1 &"] }).output();
  },
  "a key": async () => {
    await provider.generate("ed25519");
  },
};

Deno.test("a test that leaks", async () => {
  // 30 s for the start of the test file beside it.
  for (let looks = 0; looks < 3_000 && Deno.env.get("OTHER_HAS_RUN") === "0"; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await leaks[Deno.env.get("PLANTED_LEAK")!]();
});
