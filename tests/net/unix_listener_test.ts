/** Socket files of Unix listeners. @module */
import assert from "node:assert/strict";
import { runChild } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import { loadNet, type Net, PERMISSIONS, temporaryDirectory } from "./_transports.ts";

const [test, net] = await gate([...PERMISSIONS, "run"], loadNet);

const unix = (path: string): Net.Address => ({ transport: "unix", path });

test("a socket file has mode 0600 by default, whatever the umask", async () => {
  assert.equal(await runChild("./_umask.ts"), "600\n600\n660\n777\n");
});

test("a socket file without a listener is replaced", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/stale`;
  // A listener that is not closed leaves its file, as a killed process does.
  const dead = net.Listener.open(unix(path));
  Deno.renameSync(path, `${path}.kept`);
  dead.close();
  Deno.renameSync(`${path}.kept`, path);
  const stale = Deno.lstatSync(path).ino;
  using _listener = net.Listener.open(unix(path));
  assert.ok(Deno.lstatSync(path).isSocket);
  using _client = net.startConnect(unix(path)).socket;
  assert.ok(stale !== null);
});

test("a regular file, a directory and a link at the path are not replaced", () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/file`;
  Deno.writeTextFileSync(file, "precious");
  Deno.mkdirSync(`${directory.path}/directory`);
  Deno.symlinkSync(file, `${directory.path}/link`);
  for (const name of ["file", "directory", "link"]) {
    assert.throws(() => net.Listener.open(unix(`${directory.path}/${name}`)), (error) => {
      return error instanceof net.NetError && error.code === "PATH_IN_USE" &&
        error.message.includes("not a socket");
    });
  }
  assert.equal(Deno.readTextFileSync(file), "precious");
  assert.equal([...Deno.readDirSync(directory.path)].length, 3);
});

test("the error of a missing directory contains its path", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/missing/socket`;
  assert.throws(() => net.Listener.open(unix(path)), (error) => {
    return error instanceof net.NetError && error.code === "ENOENT" && error.message.includes(path);
  });
});

test("`close()` removes the socket file, and a second call has no effect", () => {
  using directory = temporaryDirectory();
  const listener = net.Listener.open(unix(`${directory.path}/socket`));
  listener.close();
  listener.close();
  assert.deepEqual([...Deno.readDirSync(directory.path)], []);
});

test("`close()` keeps a file that has replaced its own", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/socket`;
  const first = net.Listener.open(unix(path));
  Deno.renameSync(path, `${path}.old`);
  using _second = net.Listener.open(unix(path));
  first.close();
  assert.ok(Deno.lstatSync(path).isSocket);
});

test("a dial waits for a full backlog, up to its timeout", async () => {
  using directory = temporaryDirectory();
  await using reactor = new net.Reactor();
  using listener = net.Listener.open(unix(`${directory.path}/socket`), { backlog: 0 });
  using _first = await net.dial(listener.address, { reactor });
  await assert.rejects(net.dial(listener.address, { reactor, timeout: 30 }), { code: "TIMED_OUT" });
  const second = net.dial(listener.address, { reactor });
  const accepted = listener.accept();
  assert.ok(typeof accepted === "object");
  accepted.close();
  (await second).close();
});
