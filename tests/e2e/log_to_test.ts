/** `serve --log-to`: the log over a connection, as a guest sends it to its host. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { SignerProcess, runSigner }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

/** A reader of logs at a Unix socket. */
class Reader implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #folder: string;

  constructor() {
    this.#folder = Deno.makeTempDirSync();
    this.#listener = Deno.listen({ transport: "unix", path: `${this.#folder}/log` });
  }

  get address(): string {
    return `unix:${this.#folder}/log`;
  }

  accept(): Promise<Deno.UnixConn> {
    return this.#listener.accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function readUntil(connection: Deno.Conn, text: string): Promise<string> {
  const buffer = new Uint8Array(4096);
  let found = "";
  while (!found.includes(text)) {
    const read = await connection.read(buffer);
    if (read === null) break;
    found += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return found;
}

for (const workers of ["0", "2"]) {
  test(`the log goes to an address, and to the next reader there, with ${workers} workers`, async () => {
    await using reader = new Reader();
    const accepted = reader.accept();
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--workers", workers],
      ...["--log-to", reader.address],
    );
    const first = await accepted;
    assert.match(await readUntil(first, "Serving"), /Serving/);
    first.close();
    // The server finds out within a second, and connects again.
    using second = await reader.accept();
    assert.equal(await server.stop(), 0);
    assert.match(await readUntil(second, "Stopped"), /Stopped/);
  });
}

test("a server whose log has no reader does not start", async () => {
  const { code, stderr } = await runSigner(
    ...["serve", "--tcp", "127.0.0.1:0", "--generate", "ed25519"],
    ...["--log-to", "unix:/nonexistent/socket"],
  );
  assert.equal(code, 1);
  assert.match(stderr, /Cannot send the log to unix:\/nonexistent\/socket/);
});
