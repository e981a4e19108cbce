/**
 * An echo server of one thread over `TlsStream`, without HTTP/2: what signer's TLS costs by itself, for
 * `deno task bench:tls`.
 *
 *   echo_server.ts CERT KEY        prints `ready ADDRESS`
 *
 * @module
 */
import { CertifiedKey } from "../../src/cli/certified_key.ts";
import { Passphrases } from "../../src/cli/passphrase/mod.ts";
import { openProvider } from "../../src/crypto/mod.ts";
import { libc } from "../../src/ffi/mod.ts";
import {
  Listener,
  openTlsContext,
  Poller,
  type PollHandler,
  tcpAddress,
  TlsHandshakes,
  type TlsStream,
} from "../../src/net/mod.ts";

const [certificate, key] = Deno.args;
using identity = await CertifiedKey.read(
  openProvider("openssl").provider,
  { certificate, key },
  new Passphrases({}, "start"),
);
using context = openTlsContext({
  role: "server",
  minVersion: "1.3",
  identity: identity.share(),
  ca: undefined,
  crl: undefined,
  peerCertificate: "none",
});

const buffer = new Uint8Array(16_384);
const poller = new Poller();
/** An empty SETTINGS frame, by which the client knows that the handshake is done. */
const settings = Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0);

class Echo implements PollHandler {
  readonly #stream: TlsStream;

  constructor(stream: TlsStream) {
    this.#stream = stream;
    poller.add(stream.fd, libc.EPOLLIN, this);
    stream.write(settings, settings.length);
    this.onReady();
  }

  onReady(): void {
    for (;;) {
      const size = this.#stream.read(buffer, buffer.length);
      if (size === -libc.errno.EAGAIN) return;
      if (size <= 0) {
        poller.remove(this.#stream.fd);
        return this.#stream.close();
      }
      this.#stream.write(buffer, size);
    }
  }
}

const handshakes = new TlsHandshakes(() => context, poller, {
  onStream: (stream) => new Echo(stream),
  onFailed: (stream) => stream.close(),
}, { handshakeTimeoutMs: 10_000, maxHandshakes: 1_000 });
using listener = Listener.open(tcpAddress("127.0.0.1:0"));
poller.add(listener.fd, libc.EPOLLIN, {
  onReady() {
    for (let socket = listener.accept(); typeof socket === "object"; socket = listener.accept()) {
      handshakes.start(socket, performance.now());
    }
  },
});
const { address } = listener;
if (address.transport === "tcp") console.log(`ready tcp://127.0.0.1:${address.port}`);
for (;;) {
  poller.wait(-1);
  poller.handleDeferred();
}
