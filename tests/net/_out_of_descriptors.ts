/**
 * Connects ten times to itself while no descriptor is left for the accepting ends, and prints the events of the
 * acceptor.
 *
 * @module
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
/** Descriptors that Deno may open for itself during the test. */
const DENO_OWN = 6;
/** Pauses of the acceptor while there are no descriptors. */
const PAUSES = 3;

// Deno 2.9.6 panics when it has no descriptor for its first signal handler, which it may install at any time
// (ext/signals/lib.rs). This installs it now.
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
    // Deno itself opens descriptors at times, and panics when it cannot.
    const spare = libc.eventfd();
    room = spare >= 0;
    libc.close(spare);
  },
  onResume: () => events.push("resume"),
});
const clients = Array.from({ length: CONNECTIONS }, () => startConnect(listener.address).socket);

// A limit with room for the accepted ends, and all descriptors below it taken.
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
