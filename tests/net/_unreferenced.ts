/** Watches a descriptor without keeping the process alive, receives one event, and lets the process exit. @module */
import {
  dial,
  listen,
  parseAddress,
  Reactor,
  type Socket,
  type WakeupKind,
} from "../../src/net/mod.ts";

const reactor = new Reactor(Deno.args[0] as WakeupKind);
const listener = await listen(parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`));
const near = await dial(listener.address, { reactor });
const far = listener.accept() as Socket;
far.write(new Uint8Array(1), 1);
await new Promise<void>((resolve) => {
  reactor.add(near.fd, 1, {
    onReady() {
      near.read(new Uint8Array(1), 1);
      resolve();
    },
  });
});
console.log("told");
reactor.setRef(near.fd, false);
