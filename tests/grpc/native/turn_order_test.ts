/** The order in which a thread of the native server serves its connections. @module */
import assert from "node:assert/strict";
import type { Service } from "../../../src/grpc/mod.ts";
import type { Stream } from "../../../src/net/mod.ts";
import {
  block,
  CLIENT_PREFACE,
  frame,
  FrameFlag,
  FrameType,
  join,
  settings,
  SETTINGS_ACK,
  windowUpdate,
} from "../../http2/_frames.ts";
import { gate } from "../../_support/gate.ts";
import { callFields, json } from "./_rig.ts";

const [test, { Engine, net, kindsService, unary, logger }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_turns.ts"),
);

/** Windows that never close. */
const OPEN_WINDOWS = join(
  CLIENT_PREFACE,
  settings([4, 0x7fff_ffff]),
  SETTINGS_ACK,
  windowUpdate(0, 0x7fff_0000 - 65_535),
);

/** Returns the frames of a call of `test.Kinds/Unary`. */
function call(index: number, value: unknown): Uint8Array {
  const id = 2 * index + 1;
  const message = json(value);
  const pieces = [frame(FrameType.HEADERS, FrameFlag.END_HEADERS, id, block(callFields("Unary")))];
  for (let at = 0; at < message.length; at += 16_384) {
    const flags = at + 16_384 >= message.length ? FrameFlag.END_STREAM : 0;
    pieces.push(frame(FrameType.DATA, flags, id, message.subarray(at, at + 16_384)));
  }
  return join(...pieces);
}

/**
 * A clock that only work advances, in place of a server's clock and of its thread's CPU time: on a busy machine a handler
 * may be suspended for longer than it runs, and the order depends on measured times.
 */
class WorkClock {
  #ms = performance.now();

  readonly read = (): number => this.#ms;

  work(milliseconds: number): void {
    this.#ms += milliseconds;
  }
}

/** Options of a `TurnRig`. */
interface TurnOptions {
  readonly cheapCallMs?: number;
  /** The clock of the server, and of its thread's CPU time. */
  readonly clock?: () => number;
}

/** A server whose turns the test runs. */
class TurnRig implements AsyncDisposable {
  readonly engine: InstanceType<typeof Engine>;
  readonly #listener: Awaited<ReturnType<typeof net.listen>>;
  readonly #clients: { close(): void }[] = [];

  private constructor(
    service: Service,
    listener: Awaited<ReturnType<typeof net.listen>>,
    { cheapCallMs = 1, clock = () => performance.now() }: TurnOptions,
  ) {
    this.engine = new Engine({
      services: [service],
      log: logger("native"),
      limits: { cheapCallMs },
      clock,
      threadCpuMs: clock,
    });
    this.#listener = listener;
    this.engine.accept(listener, false);
  }

  static async open(
    service: Service,
    { address = "127.0.0.1:0", ...options }: TurnOptions & { readonly address?: string } = {},
  ): Promise<TurnRig> {
    const listener = await net.listen(net.parseAddress(address));
    return new TurnRig(service, listener, options);
  }

  /** Connects a socket whose reads and writes a handler can make: the test's own event loop waits in a turn. */
  async connectSocket(): Promise<Stream> {
    const socket = await net.dial(this.#listener.address);
    this.#clients.push(socket);
    writeNow(socket, OPEN_WINDOWS);
    this.turns(3);
    return socket;
  }

  async connect(): Promise<Deno.TcpConn> {
    const { port } = this.#listener.address as { port: number };
    const client = await Deno.connect({ hostname: "127.0.0.1", port });
    client.setNoDelay();
    this.#clients.push(client);
    await write(client, OPEN_WINDOWS);
    this.turns(3);
    return client;
  }

  turns(count: number): void {
    for (let i = 0; i < count; i++) this.engine.turn(0);
  }

  /** Runs turns until a condition holds. */
  turnsUntil(condition: () => boolean): void {
    for (let i = 0; i < 2_000 && !condition(); i++) this.engine.turn(5);
    assert.ok(condition());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    this.engine[Symbol.dispose]();
    await this.#listener.close();
  }
}

/**
 * Opens a server whose calls add their name to `ran`, and take `msOf` it on the clock. Its sockets can be read and written
 * in a turn.
 *
 * @param before called with the name before each call
 */
function openNamed(
  clock: WorkClock,
  ran: string[],
  msOf: (name: string) => number,
  before: (name: string) => void,
  costClass = (name: string) => name,
): Promise<TurnRig> {
  const handle = (name: string) => {
    before(name);
    ran.push(name);
    clock.work(msOf(name));
    return name;
  };
  return TurnRig.open(kindsService({ Unary: unary(handle, costClass) }), {
    address: `unix-abstract:signer-turns-${crypto.randomUUID()}`,
    cheapCallMs: 0.1,
    clock: clock.read,
  });
}

/** Writes bytes that fit into the kernel's buffers: nobody reads them meanwhile. */
async function write(client: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
}

/** Writes bytes at once, to a socket that has room. */
function writeNow(socket: Stream, bytes: Uint8Array): void {
  assert.equal(socket.write(bytes, bytes.length), bytes.length);
}

/** Returns the number of bytes that have arrived at a socket. */
function bytesNow(socket: Stream): number {
  return Math.max(0, socket.read(new Uint8Array(65_536), 65_536));
}

/** Reads until no more bytes arrive, and returns their number. */
async function bytesUntilSilence(client: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(65_536);
  for (let sum = 0;;) {
    const { promise: silence, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, 300, null);
    // A pending read ends with the connection.
    const size = await Promise.race([client.read(buffer).catch(() => null), silence]);
    clearTimeout(timer);
    if (size === null) return sum;
    sum += size;
  }
}

// A client with 4,000 calls in the queue had its next requests read, and refused, before those of others.
test("A connection without queued work is read before one whose calls are queued", async () => {
  const clock = new WorkClock();
  const ran: string[] = [];
  await using rig = await TurnRig.open(
    kindsService({
      Unary: unary((name: string) => {
        ran.push(name);
        if (name === "long") clock.work(3);
        return name;
      }, (name: string) => name === "long" ? "long" : "cheap"),
    }),
    { clock: clock.read },
  );
  const [greedy, modest] = [await rig.connect(), await rig.connect()];
  // The server measures both kinds.
  await write(modest, call(0, "long"));
  await write(modest, join(...Array.from({ length: 9 }, (_, i) => call(1 + i, "modest"))));
  rig.turnsUntil(() => ran.length === 10);
  await write(greedy, join(...Array.from({ length: 50 }, (_, i) => call(i, "long"))));
  rig.turns(1);
  assert.ok(rig.engine.work.size > 10);
  // The kernel's order of events depends on that of the requests.
  for (const [round, order] of [[greedy, modest], [modest, greedy]].entries()) {
    ran.length = 0;
    for (const client of order) {
      await write(
        client,
        client === greedy ? call(50 + round, "greedy") : call(10 + round, "modest"),
      );
    }
    rig.turns(1);
    assert.equal(ran.find((name) => name !== "long"), "modest");
  }
  rig.turnsUntil(() => ran.includes("greedy"));
});

// Decoding 4 MB and answering it took 20 ms at a stretch.
test("Other calls run between the decoding and the handling of a large request", async () => {
  const clock = new WorkClock();
  const ran: string[] = [];
  const service = kindsService({
    Unary: unary((name: string) => {
      ran.push(name[0]);
      clock.work(3);
      return name[0];
    }, (name: string) => name[0]),
  });
  const { Unary } = service.definition;
  const decode = Unary.requestDeserialize;
  const requestDeserialize = (bytes: Buffer) => {
    if (bytes.length > 100_000) {
      ran.push("decode");
      clock.work(3);
    }
    return decode(bytes);
  };
  const definition = { Unary: { ...Unary, requestDeserialize } };
  await using rig = await TurnRig.open({ ...service, definition }, { clock: clock.read });
  const [greedy, modest] = [await rig.connect(), await rig.connect()];
  const large = "g".repeat(200_000);
  // The server measures each step.
  await write(modest, call(0, "modest"));
  await write(greedy, call(0, large));
  rig.turnsUntil(() => ran.length === 3);
  ran.length = 0;
  for (let i = 1; i <= 3; i++) await write(greedy, call(i, large));
  await write(modest, join(...Array.from({ length: 30 }, (_, i) => call(1 + i, "modest"))));
  rig.turnsUntil(() => ran.length === 36);
  assert.match(ran.join(" "), /decode m( m)* g/);
  // Each is handled before the next one is decoded: decoded requests would take up to three times the memory.
  const steps = ran.filter((name) => name !== "m").join(" ");
  assert.equal(steps, "decode g decode g decode g");
});

// The whole response, as much of it as the kernel took, was sent in one go.
test("A large response is sent in parts, between which others are served", async () => {
  await using rig = await TurnRig.open(
    kindsService({ Unary: unary((size: number) => "x".repeat(size)) }),
  );
  const client = await rig.connect();
  await write(client, call(0, 4_000_000));
  // The request is read, and answered.
  rig.turns(1);
  assert.ok(rig.engine.accounts.thread.unreadBytes > 3_000_000);
  const sent = await bytesUntilSilence(client);
  assert.ok(sent > 0 && sent < 1_000_000, `${sent} bytes`);
});

// Each response with RSA-2048 was sent by itself, which woke the client for a single one; and a P-256 call of another
// client waited for two such signatures.
test("Responses of a connection's turn are sent together, and others are served meanwhile", async () => {
  const clock = new WorkClock();
  const ran: string[] = [];
  let beforeExpensive = () => {};
  const msOf = (name: string) => name === "expensive" ? 0.25 : 0.05;
  await using rig = await openNamed(clock, ran, msOf, (name) => {
    if (name === "expensive") beforeExpensive();
  });
  const [busy, modest] = [await rig.connectSocket(), await rig.connectSocket()];
  // The server measures both kinds.
  writeNow(modest, join(...Array.from({ length: 9 }, (_, i) => call(i, "cheap"))));
  writeNow(busy, call(0, "expensive"));
  rig.turnsUntil(() => ran.length === 10);
  bytesNow(busy);
  writeNow(busy, call(1, "expensive"));
  rig.turnsUntil(() => ran.length === 11);
  const responseBytes = bytesNow(busy);
  bytesNow(modest);
  ran.length = 0;
  const sizes: number[] = [];
  let answered = false;
  beforeExpensive = () => {
    sizes.push(bytesNow(busy));
    if (sizes.length === 6) writeNow(modest, call(9, "cheap"));
    if (sizes.length === 7) answered = bytesNow(modest) > 0;
  };
  writeNow(busy, join(...Array.from({ length: 40 }, (_, i) => call(2 + i, "expensive"))));
  rig.turnsUntil(() => ran.length === 41);
  assert.equal(ran.indexOf("cheap"), 6);
  assert.equal(answered, true);
  const together = sizes.map((size) => Math.round(size / responseBytes));
  assert.equal(together.indexOf(8), 8);
  // 10 ms of work wait at first, so that a turn takes 2 ms; with less work it is shorter. Those of two turns are sent together
  // once their requests have waited for three times as long as they are held.
  const sent = together.filter((count) => count > 0);
  assert.deepEqual(sent.slice(0, 5), [8, 6, 5, 4 + 4, 4 + 3 + 3]);
});

// A send that wakes the client takes as long as a twentieth of an RSA-2048 signature.
test("Responses of calls that have waited long are held for the next turns, and others are sent at once", async () => {
  const clock = new WorkClock();
  const ran: string[] = [];
  let before = () => {};
  await using rig = await openNamed(clock, ran, () => 0.25, () => before(), () => "expensive");
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const busy: Stream[] = [];
  for (const _ of names) busy.push(await rig.connectSocket());
  const modest = await rig.connectSocket();
  // The server measures the calls.
  writeNow(modest, join(...Array.from({ length: 9 }, (_, i) => call(i, "measured"))));
  rig.turnsUntil(() => ran.length === 9);
  for (const socket of [modest, ...busy]) bytesNow(socket);
  ran.length = 0;
  const sendFour = (i: number, round: number) =>
    writeNow(busy[i], join(...[0, 1, 2, 3].map((index) => call(4 * round + index, names[i]))));
  /** The connections to which responses were sent, each time that there were some. Each then makes four further calls. */
  const sent: string[] = [];
  const rounds = names.map(() => 1);
  let modestSent = 0;
  before = () => {
    if (ran.length === 161) writeNow(modest, call(9, "modest"));
    if (modestSent === 0 && bytesNow(modest) > 0) modestSent = ran.length;
    const answered = names.flatMap((_, i) => bytesNow(busy[i]) > 0 ? [i] : []);
    if (answered.length === 0) return;
    sent.push(answered.map((i) => names[i]).join(""));
    for (const i of answered) sendFour(i, rounds[i]++);
  };
  for (const i of names.keys()) sendFour(i, 0);
  rig.turnsUntil(() => ran.length >= 193);
  assert.equal(modestSent, ran.indexOf("modest") + 1);
  assert.deepEqual(sent.slice(0, 5), ["a", "b", "c", "de", "fg"]);
  assert.match(sent.slice(5).join(" "), /^(\w{2,3} ){5}/);
  // Each turn has the four calls of a connection, and each round the connections in the same order.
  const order = ran.slice(0, 160).join("").replaceAll(/(.)\1{3}/g, "$1");
  assert.equal(order, names.join("").repeat(5));
});

// The connection of the next turn was chosen before the look at events: a first call waited for two signatures of another
// connection with RSA-4096, one more than the one that ran when it came.
test("The first call of a connection that has used no time runs after the piece of work that it came in", async () => {
  const clock = new WorkClock();
  const ran: string[] = [];
  let beforeLong = () => {};
  await using rig = await openNamed(clock, ran, (name) => name === "long" ? 4 : 0.2, (name) => {
    if (name === "long") beforeLong();
  });
  const [busy, modest] = [await rig.connectSocket(), await rig.connectSocket()];
  beforeLong = () => {
    if (ran.length === 1 || ran.length === 4) writeNow(modest, call(ran.length, "first"));
  };
  writeNow(busy, join(...Array.from({ length: 8 }, (_, i) => call(i, "long"))));
  rig.turnsUntil(() => ran.length === 10);
  assert.deepEqual(ran.slice(0, 6), ["long", "long", "first", "long", "long", "first"]);
});
