/** The reactor and the poller. @module */
import assert from "node:assert/strict";
import { assertNoneLeft, runChild } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import { loadNet, PERMISSIONS, serve } from "./_transports.ts";

const [test, net] = await gate([...PERMISSIONS, "run"], loadNet);
const EPOLLIN = 1;

/** Opens a connection whose ends are on a reactor. */
async function connection(reactor: InstanceType<typeof net.Reactor>) {
  const address = net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`);
  await using server = await serve(net, address, new net.Reactor());
  const near = await net.dial(address, { reactor });
  const far = await server.accept();
  return { near, far };
}

for (const kind of ["kernel", "thread"] as const) {
  test(`reactor (${kind}): reports each of 200 bytes that arrive one after the other`, async () => {
    await using reactor = new net.Reactor(kind);
    const { near, far } = await connection(reactor);
    const buffer = new Uint8Array(8);
    let told = () => {};
    reactor.add(near.fd, EPOLLIN, { onReady: () => told() });
    for (let i = 0; i < 200; i++) {
      const ready = new Promise<void>((resolve) => told = resolve);
      far.write(new Uint8Array([i]), 1);
      await ready;
      assert.equal(near.read(buffer, 8), 1);
      assert.equal(buffer[0], i);
    }
    reactor.remove(near.fd);
    near.close();
    far.close();
  });

  test(`reactor (${kind}): reports a descriptor that was ready before it is watched`, async () => {
    await using reactor = new net.Reactor(kind);
    const { near, far } = await connection(reactor);
    far.write(new Uint8Array([1]), 1);
    await new Promise<void>((resolve) => {
      reactor.add(near.fd, EPOLLIN, {
        onReady() {
          reactor.remove(near.fd);
          resolve();
        },
      });
    });
    near.close();
    far.close();
  });

  test(`reactor (${kind}): closes its descriptors when it watches none`, async () => {
    await assertNoneLeft("reactor", kind);
  });

  test(`reactor (${kind}): an unreferenced descriptor does not keep the process alive`, async () => {
    assert.equal(await runChild("./_unreferenced.ts", kind), "told\n");
  });
}

test("other handlers are called after one has thrown", async () => {
  const poller = new net.Poller();
  const reactor = new net.Reactor();
  const [first, second] = [await connection(reactor), await connection(reactor)];
  let told = 0;
  poller.add(first.near.fd, EPOLLIN, {
    onReady() {
      first.near.read(new Uint8Array(1), 1);
      throw new TypeError("thrown by a handler");
    },
  });
  poller.add(second.near.fd, EPOLLIN, { onReady: () => told++ });
  first.far.write(new Uint8Array(1), 1);
  second.far.write(new Uint8Array(1), 1);
  assert.throws(() => poller.wait(1000), /thrown by a handler/);
  poller.wait(1000);
  assert.ok(told > 0);
  poller.close();
  for (const { near, far } of [first, second]) {
    near.close();
    far.close();
  }
  await reactor.close();
});

test("an event of a descriptor that was removed and reopened in the same batch is dropped", async () => {
  using poller = new net.Poller();
  await using reactor = new net.Reactor();
  const ends = [await connection(reactor), await connection(reactor)];
  const told: string[] = [];
  ends.forEach(({ near }, i) => {
    const other = ends[1 - i].near;
    poller.add(near.fd, EPOLLIN, {
      onReady() {
        told.push("first");
        // Both are ready; the first handler replaces the registration of the other.
        poller.remove(other.fd);
        poller.add(other.fd, 0, { onReady: () => told.push("stale") });
      },
    });
  });
  for (const { far } of ends) far.write(new Uint8Array(1), 1);
  assert.equal(poller.wait(1000), 2);
  assert.deepEqual(told, ["first"]);
  for (const { near, far } of ends) {
    poller.remove(near.fd);
    near.close();
    far.close();
  }
});

test("`wakePoller()` ends a wait, and any number of wakes are one event", () => {
  using poller = new net.Poller();
  let woken = 0;
  poller.onWake = () => woken++;
  net.wakePoller(poller.wakeFd);
  net.wakePoller(poller.wakeFd);
  assert.equal(poller.wait(10_000), 1);
  assert.equal(poller.wait(0), 0);
  assert.equal(woken, 1);
  assert.equal(poller.size, 0);
});

test("a closed poller refuses to watch, and closes once only", () => {
  const poller = new net.Poller();
  poller.close();
  poller.close();
  assert.throws(() => poller.add(0, EPOLLIN, { onReady: () => {} }), { code: "CLOSED" });
});

test("watching a closed descriptor is an error", async () => {
  using poller = new net.Poller();
  assert.throws(() => poller.add(100_000, EPOLLIN, { onReady: () => {} }), { code: "EBADF" });
  await using reactor = new net.Reactor();
  assert.throws(() => reactor.add(100_000, EPOLLIN, { onReady: () => {} }), { code: "EBADF" });
});
