/**
 * Prints, as JSON, the bytes from malloc(3) that each round of some work with TLS leaves: contexts that are opened and
 * closed, handshakes that succeed, and handshakes that are refused. The first rounds do not count. SIGNER_TEST_ROUNDS
 * sets the number of the others.
 *
 * @module
 */
import { TlsContext } from "../../src/ffi/mod.ts";
import { dial, Listener, type Socket, tcpAddress, TlsStream } from "../../src/net/mod.ts";
import { allocatedBytes } from "../_support/allocated.ts";
import { type Certified, TestCa } from "../_support/certificates.ts";

const ROUNDS = Number(Deno.env.get("SIGNER_TEST_ROUNDS") ?? 300);

/** The limit of steps of a handshake. TLS 1.3 needs 3. */
const MAX_STEPS = 20;

async function growthPerRound(turn: () => void | Promise<void>): Promise<number> {
  for (let i = 0; i < ROUNDS / 2; i++) await turn();
  const before = allocatedBytes();
  for (let i = 0; i < ROUNDS; i++) await turn();
  return Math.round((allocatedBytes() - before) / ROUNDS);
}

using ca = await TestCa.create();
using other = await TestCa.create();
using identity = await ca.issue();
using client = await ca.issue({ usage: "client" });
using stranger = await other.issue({ usage: "client" });
using listener = Listener.open(tcpAddress("127.0.0.1:0"));

function serverContext(): TlsContext {
  return new TlsContext({
    role: "server",
    minVersion: "1.3",
    identity,
    ca: ca.pem,
    crl: ca.revoke(stranger),
    peerCertificate: "require",
  });
}

/** Makes a handshake, and sends a message if it succeeds. */
async function connect(server: TlsContext, certified: Certified, succeeds: boolean): Promise<void> {
  using context = ca.clientContext(certified);
  const socket = await dial(listener.address);
  const near = new TlsStream(context, socket, "localhost");
  const far = new TlsStream(server, listener.accept() as Socket);
  const bytes = new Uint8Array(5);
  let ended = false;
  for (let step = 0; step < MAX_STEPS && !ended; step++) {
    near.handshake();
    ended = far.handshake() === 1 || far.failure !== undefined;
  }
  if (succeeds) near.write(bytes, bytes.length);
  const read = succeeds ? far.read(bytes, bytes.length) : 0;
  if (succeeds !== (read === bytes.length) || succeeds === (far.failure !== undefined)) {
    throw new Error(`The handshake has another end: ${far.failure}`);
  }
  if (succeeds && far.peerCertificate === undefined) throw new Error("There is no certificate");
  near.close();
  far.close();
}

using server = serverContext();
const growth = {
  "contexts": await growthPerRound(() => serverContext()[Symbol.dispose]()),
  "handshakes": await growthPerRound(() => connect(server, client, true)),
  "refused handshakes": await growthPerRound(() => connect(server, stranger, false)),
};
console.log(JSON.stringify(growth));
