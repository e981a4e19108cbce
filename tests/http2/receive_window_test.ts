/** Receive windows, and their growth. @module */
import assert from "node:assert/strict";
import { BandwidthEstimator } from "../../src/http2/bandwidth.ts";
import { ReceiveWindow } from "../../src/http2/receive_window.ts";

Deno.test("`receive()` returns false from the first byte over the window", () => {
  const window = new ReceiveWindow(10);
  assert.equal(window.receive(10), true);
  assert.equal(window.receive(1), false);
});

Deno.test("`shift()` changes the available window at once, up and down", () => {
  const up = new ReceiveWindow(10);
  up.shift(15);
  assert.equal(up.receive(15), true);
  assert.equal(up.receive(1), false);
  const down = new ReceiveWindow(10);
  down.receive(8);
  down.shift(4);
  // 8 bytes of 4 are used: the window is below zero until credit is returned (RFC 9113 section 6.9.2).
  assert.equal(down.receive(0), false);
  assert.equal(down.consume(8), 8);
  assert.equal(down.receive(4), true);
  assert.equal(down.receive(1), false);
});

Deno.test("`grow()` returns the growth and the credit for consumed bytes", () => {
  const window = new ReceiveWindow(100);
  window.receive(40);
  assert.equal(window.consume(40), 0);
  assert.equal(window.grow(300), 240);
  assert.equal(window.receive(300), true);
  assert.equal(window.receive(1), false);
});

Deno.test("a bandwidth sample that nearly fills the window grows it, up to the limit", () => {
  const bandwidth = new BandwidthEstimator(100, 350);
  const sample = (bytes: number) => {
    assert.equal(bandwidth.begin(), true);
    assert.equal(bandwidth.begin(), false);
    bandwidth.add(bytes);
    return bandwidth.end();
  };
  assert.equal(sample(60), 0);
  assert.equal(sample(70), 200);
  assert.equal(sample(100), 0);
  assert.equal(sample(150), 350);
  assert.equal(bandwidth.begin(), false);
});
