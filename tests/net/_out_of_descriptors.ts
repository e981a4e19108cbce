/**
 * Connects ten times to itself, has no descriptor left for the accepting ends of them for a while, and
 * prints what the acceptor did meanwhile.
 */
import { libc } from "../../src/ffi/mod.ts";
import {
  Acceptor,
  listen,
  type NetError,
  parseAddress,
  Poller,
  Reactor,
  type Socket,
  startConnect,
} from "../../src/net/mod.ts";

const CONNECTIONS = 10;
/** Descriptors that Deno may open for itself meanwhile. */
const DENO_OWN = 6;
/** Pauses that pass while there are no descriptors. */
const PAUSES = 3;

// Deno 2.9.6 panics where it has no descriptor for its first signal handler, which it installs at a time
// of its own choosing (ext/signals/lib.rs): here, that is now.
const ignored = () => {};
Deno.addSignalListener("SIGUSR1", ignored);
Deno.removeSignalListener("SIGUSR1", ignored);

const events: string[] = [];
const accepted: Socket[] = [];
let reason = "";
let room = false;
let attempts = 0;
let done = () => {};
const finished = new Promise<void>((resolve) => done = resolve);

const engine = Deno.args[0] === "poller" ? new Poller() : new Reactor();
const listener = await listen(parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`));
const accept = listener.accept.bind(listener);
listener.accept = () => {
  attempts++;
  if (attempts === PAUSES) fillers.splice(0).forEach((fd) => libc.close(fd));
  return accept();
};
const acceptor = new Acceptor(listener, engine, {
  exclusive: engine instanceof Poller,
  onConnection(socket) {
    accepted.push(socket);
    if (accepted.length === CONNECTIONS) done();
  },
  onPause(error: NetError) {
    events.push("pause");
    reason = error.message;
    // Deno itself needs one now and then, and panics where it gets none.
    const spare = libc.eventfd();
    room = spare >= 0;
    libc.close(spare);
  },
  onResume: () => events.push("resume"),
});
const clients = Array.from({ length: CONNECTIONS }, () => startConnect(listener.address).socket);

// A limit that leaves room for the accepted ends, and every descriptor below it taken for now.
const highest = Math.max(...[...Deno.readDirSync("/proc/self/fd")].map(({ name }) => Number(name)));
const limit = highest + CONNECTIONS + DENO_OWN;
libc.setResourceLimit(libc.RLIMIT_NOFILE, { soft: limit, hard: limit });
const fillers: number[] = [];
for (let fd = libc.eventfd(); fd >= 0; fd = libc.eventfd()) fillers.push(fd);

if (engine instanceof Poller) {
  while (accepted.length < CONNECTIONS) engine.wait(-1);
}
await finished;
console.log(JSON.stringify({
  events,
  reason,
  room,
  accepted: accepted.length,
  waitsWhilePaused: attempts - CONNECTIONS,
}));
acceptor.close();
listener.close();
for (const socket of [...clients, ...accepted]) socket.close();
await engine.close();
