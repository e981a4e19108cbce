/** Outgoing connections. @module */
import assert from "node:assert/strict";
import { assertNoneLeft } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import { loadNet, PERMISSIONS, serve } from "./_transports.ts";

const [test, net] = await gate([...PERMISSIONS, "run"], loadNet);

test("a host name is resolved, and each of its addresses is tried", async () => {
  // `localhost` may resolve to ::1 first; the listener has the IPv4 address only.
  await using server = await serve(net, net.parseAddress("127.0.0.1:0"));
  assert.ok(server.address.transport === "tcp");
  const address = { ...server.address, host: "localhost" };
  using socket = await net.dial(address, server);
  assert.equal(net.formatPeer(socket.peer), net.formatAddress(server.address));
});

test("the error of an unknown host name contains it", async () => {
  await assert.rejects(net.dial(net.parseAddress("signer.invalid:1")), {
    code: "NAME_NOT_FOUND",
    message: /tcp:\/\/signer\.invalid:1/,
  });
});

test("addresses that cannot be dialled are refused before a socket is created", async () => {
  for (const text of ["127.0.0.1:0", "vsock:any:5000", "vsock:3:any"]) {
    await assert.rejects(net.dial(net.parseAddress(text)), { code: "WRONG_ADDRESS" }, text);
  }
});

test("a dial that is aborted, before it or during it, rejects", async () => {
  await using reactor = new net.Reactor();
  // A full backlog: the connection is never accepted.
  const address = net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`);
  using listener = net.Listener.open(address, { backlog: 0 });
  using _first = await net.dial(listener.address, { reactor });
  const signal = AbortSignal.abort();
  await assert.rejects(net.dial(address, { reactor, signal }), { code: "ABORTED" });
  const controller = new AbortController();
  const dialling = net.dial(address, { reactor, signal: controller.signal });
  controller.abort();
  await assert.rejects(dialling, { code: "ABORTED" });
});

test("failed dials leave no descriptor open", async () => {
  await assertNoneLeft("dial");
});

test("`startConnect()` returns if it is connected, and `takeError()` the result", () => {
  using listener = net.Listener.open(net.parseAddress("127.0.0.1:0"));
  const { socket, connected } = net.startConnect(listener.address);
  using poller = new net.Poller();
  if (!connected) {
    poller.add(socket.fd, 4, { onReady: () => {} });
    assert.ok(poller.wait(10_000) > 0);
    poller.remove(socket.fd);
  }
  assert.equal(socket.takeError(), 0);
  socket.close();
});

test("a released socket is not closed by its former owner", async () => {
  await using server = await serve(net, net.parseAddress("127.0.0.1:0"));
  const client = await net.dial(server.address, server);
  const fd = client.detach();
  client.close();
  assert.equal(client.fd, -1);
  using adopted = net.Socket.adopt(fd);
  assert.equal(adopted.write(new Uint8Array(1), 1), 1);
});

test("`checkTransports()` returns a finding and advice for each transport", () => {
  const checks = net.checkTransports();
  const subjects = checks.map(({ subject }) => subject);
  for (const subject of ["tcp", "unix", "vsock", "files"] as const) {
    assert.ok(subjects.includes(subject), subject);
  }
  for (const { ok, found, advice, subject } of checks) {
    assert.notEqual(found, "", subject);
    assert.ok(ok || subject === "files" || advice, `${subject} has no advice`);
  }
});

test("the error of a Unix socket without permission names the server's `--unix-mode`", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Other users may enter the folder, so the socket's mode decides.
    await Deno.chmod(folder, 0o755);
    const path = `${folder}/denied.sock`;
    using _listener = await net.listen({ transport: "unix", path }, { unixMode: 0o400 });
    if (Deno.uid() !== 0) await Deno.chmod(path, 0o000);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        "--no-check",
        new URL("_denied.ts", import.meta.url).href,
        `unix:${path}`,
      ],
    }).output();
    assert.match(
      new TextDecoder().decode(stdout),
      /^Cannot connect to unix:.*EACCES.*start the server with --unix-mode 0660/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
