/** Accounts of memory by connection, peer and thread. @module */
import assert from "node:assert/strict";
import { Account, Accounts } from "../../../src/grpc/native/server/_accounts.ts";
import { DEFAULT_NATIVE_LIMITS } from "../../../src/grpc/native/server/limits.ts";

const limits = {
  ...DEFAULT_NATIVE_LIMITS,
  maxHeldBytes: 100,
  maxHeldBytesPerPeer: 60,
  maxHeldBytesPerConnection: 40,
};

/** A connection that frees everything that it holds on request. */
class Connection {
  relieved = 0;
  readonly account: Account;

  constructor(accounts: Accounts, identity?: string) {
    this.account = accounts.open(identity, this);
  }

  relinquish(): void {
    this.relieved++;
    this.account.add("heldBytes", -this.account.heldBytes);
  }
}

Deno.test("`Account` counts by connection, peer and thread, and names the narrowest level exceeded", () => {
  const accounts = new Accounts(limits);
  const [a, b] = [new Connection(accounts, "x"), new Connection(accounts, "x")];
  a.account.add("heldBytes", 40);
  assert.equal(a.account.exceeds("heldBytes"), undefined);
  assert.equal(a.account.exceeds("heldBytes", 1), "connection");
  assert.equal(b.account.exceeds("heldBytes", 21), "peer");
  assert.equal(accounts.thread.heldBytes, 40);
  const other = new Connection(accounts);
  other.account.add("heldBytes", 30);
  assert.equal(b.account.exceeds("heldBytes", 20), undefined);
  b.account.add("heldBytes", 20);
  assert.equal(other.account.exceeds("heldBytes", 10), undefined);
  other.account.add("heldBytes", 10);
  assert.equal(new Connection(accounts).account.exceeds("heldBytes", 1), "thread");
});

Deno.test("`setLimits()` changes the limits of accounts that are open", () => {
  const accounts = new Accounts(limits);
  const { account } = new Connection(accounts, "x");
  account.add("heldBytes", 30);
  accounts.setLimits({ ...limits, maxHeldBytesPerConnection: 20 });
  assert.equal(account.exceeds("heldBytes"), "connection");
  accounts.setLimits({ ...limits, maxHeldBytesPerPeer: 35 });
  assert.equal(account.exceeds("heldBytes", 6), "peer");
  assert.equal(account.exceeds("heldBytes", 5), undefined);
});

Deno.test("`relieve()` frees memory of the heaviest connection of the heaviest peer", () => {
  const accounts = new Accounts(limits);
  const [heavy, light, other] = [
    new Connection(accounts, "x"),
    new Connection(accounts, "x"),
    new Connection(accounts),
  ];
  heavy.account.add("heldBytes", 35);
  light.account.add("heldBytes", 25);
  other.account.add("heldBytes", 40);
  accounts.relieve("heldBytes");
  assert.deepEqual([heavy.relieved, light.relieved, other.relieved], [0, 0, 0]);
  light.account.add("heldBytes", 5);
  accounts.relieve("heldBytes");
  assert.deepEqual([heavy.relieved, light.relieved, other.relieved], [1, 0, 0]);
});

Deno.test("`admits()` leaves room for one more peer, at the cost of the heaviest", () => {
  const accounts = new Accounts({ ...limits, maxHeldBytesPerConnection: 90 });
  const first = new Connection(accounts);
  first.account.add("heldBytes", 50);
  assert.equal(accounts.admits("heldBytes", first.account), true);
  first.account.add("heldBytes", 1);
  assert.equal(accounts.admits("heldBytes", first.account), false);
  const second = new Connection(accounts);
  second.account.add("heldBytes", 24);
  assert.equal(accounts.admits("heldBytes", second.account), true);
  second.account.add("heldBytes", 1);
  assert.equal(accounts.admits("heldBytes", second.account), true);
  assert.deepEqual([first.relieved, second.relieved], [1, 0]);
});

Deno.test("A peer that reconnects is the same peer while a handler keeps its request", () => {
  const accounts = new Accounts(limits);
  const first = new Connection(accounts, "x");
  first.account.add("heldBytes", 40);
  accounts.close(first.account);
  accounts.sweep();
  const second = new Connection(accounts, "x");
  assert.equal(second.account.exceeds("heldBytes", 21), "peer");
  first.account.add("heldBytes", -40);
  accounts.close(second.account);
  accounts.sweep();
  assert.equal(accounts.thread.heldBytes, 0);
  assert.notEqual(new Connection(accounts, "x").account.parent, second.account.parent);
});
