/** Attacks on memory and descriptors. @module */
import assert from "node:assert/strict";
import {
  block,
  CLIENT_PREFACE,
  data,
  frame,
  FrameFlag,
  FrameType,
  join,
  settings,
  uint32,
  windowUpdate,
} from "../../http2/_frames.ts";
import { generator } from "../../http2/_random.ts";
import type { Net } from "../../net/_transports.ts";
import { framed } from "../../_support/framed.ts";
import { until } from "../../_support/until.ts";
import { resetOnClose } from "../../_support/reset_on_close.ts";
import { type Attack, CALM, cut, open, stream } from "./_attack.ts";
import { Attacker, ECHO, openEcho, times, wholeEcho } from "./_attacker.ts";

const INITIAL_WINDOW_SIZE = 4;

/** A message of nearly the maximum size, with its bytes in `payload`. */
const large = framed(
  join(Uint8Array.of(0x12, 0xf0, 0xff, 0xff, 0x01), new Uint8Array(0x3ffff0)),
);

/** Descriptors that the server may open or close during the test for other reasons. */
const SLACK = 8;

/** Fast attacks on memory, descriptors and parsers. */
export function exhaustions(net: typeof Net): readonly Attack[] {
  return [
    {
      name: "A header list that is too large ends its stream, and no other",
      async run({ port }) {
        await using attacker = await Attacker.connect(port);
        await attacker.send(
          cut(1, block([...ECHO, "x-large", "y".repeat(17_000)])),
          wholeEcho(3, framed(new Uint8Array(0))),
        );
        assert.ok(await attacker.saw(/^RST_STREAM 1 ENHANCE_YOUR_CALM$/));
        assert.ok(await attacker.saw(/^HEADERS 3 end$/));
      },
    },
    {
      name: "Deadlines of 0 and of a nanosecond cost no connection",
      async run({ port }) {
        await using attacker = await Attacker.connect(port);
        const calls = 4_000;
        const request = framed(new Uint8Array(0));
        await attacker.send(times(calls, (i) => {
          const id = stream(i);
          const timeout = i % 2 === 0 ? "0n" : "1n";
          const last = frame(FrameType.DATA, FrameFlag.END_STREAM, id, request);
          return join(openEcho(id, "grpc-timeout", timeout), last);
        }));
        assert.ok(await attacker.saw(new RegExp(`^HEADERS ${stream(calls - 1)} end$`)));
        const ended = attacker.frames.filter((line) => /^HEADERS \d+ end$/.test(line));
        assert.equal(ended.length, calls);
      },
    },
    {
      // Not an attack: the server remembered 256 reset streams, and treated DATA for others as an error that ended the
      // connection with all other calls.
      name: "1,000 uploads that are refused together may go on for a round trip",
      async run({ port }) {
        await using attacker = await Attacker.connect(port);
        const calls = 1_000;
        await attacker.send(times(calls, (i) => openEcho(stream(i), "grpc-timeout", "0n")));
        assert.ok(await attacker.saw(new RegExp(`^RST_STREAM ${stream(calls - 1)} NO_ERROR$`)));
        await attacker.send(times(calls, (i) => data(stream(i), 100, FrameFlag.END_STREAM)));
        await attacker.send(wholeEcho(stream(calls), framed(new Uint8Array(0))));
        assert.ok(await attacker.saw(new RegExp(`^HEADERS ${stream(calls)} end$`)));
      },
    },
    {
      name: "Random bytes, with and without a preface before them, end their connection alone",
      async run({ port }) {
        const random = generator(1);
        for (let i = 0; i < 100; i++) {
          const noise = Uint8Array.from({ length: 4_096 }, () => random(256));
          await using attacker = await Attacker.connect(
            port,
            i % 2 === 0 ? { opening: noise } : {},
          );
          await attacker.send(noise);
          // Nearly every header announces a frame that is too large; any other waits for the rest of its frame.
          await attacker.closeWrite();
          await attacker.closed;
        }
      },
    },
    {
      name: "Connections that are half-closed amid a request are closed",
      async run({ port, server }) {
        const before = server.descriptors();
        for (let i = 0; i < 200; i++) {
          await using attacker = await Attacker.connect(port);
          await attacker.send(open);
          await attacker.closeWrite();
          await attacker.closed;
        }
        assert.ok(server.descriptors() < before + 50);
      },
    },
    {
      name:
        "10,000 connections over TCP that come and go, each with a call under way, leave nothing",
      async run({ port, server }) {
        const before = server.descriptors();
        const opening = join(CLIENT_PREFACE, settings(), open);
        const address = net.parseAddress(`127.0.0.1:${port}`);
        for (let i = 0; i < 10_000; i++) {
          using socket = await net.dial(address);
          socket.write(opening, opening.length);
          // Resets leave no port in TIME_WAIT: there are fewer than 30,000 ports.
          resetOnClose(socket);
        }
        // Accepted after all of them.
        await using last = await Attacker.connect(port);
        await last.settled();
        await until("their descriptors are closed", () => server.descriptors() <= before + SLACK);
      },
    },
    {
      // 16 KiB were allocated for the first byte of each, and counted as one byte.
      name: "Messages that are announced, and never come, take no memory",
      async run(target) {
        const { server, port } = target;
        const before = server.residentKiB();
        await using attackers = new AsyncDisposableStack();
        // 16,000 messages of 4 MB: 64 GB.
        for (let i = 0; i < 16; i++) {
          const attacker = attackers.use(await Attacker.connect(port));
          const announced = Uint8Array.of(0, ...uint32(4 * 1024 * 1024), 0);
          await attacker.send(times(1_000, (k) =>
            join(
              openEcho(stream(k)),
              frame(FrameType.DATA, 0, stream(k), announced),
            )));
        }
        await target.serves();
        const grown = server.residentKiB() - before;
        assert.ok(grown < 96 * 1024, `${grown} KiB`);
      },
    },
    {
      name: "Messages that come but for their last byte are refused once too much is held",
      async run({ port }) {
        await using attackers = new AsyncDisposableStack();
        const all: Attacker[] = [];
        const size = 4 * 1024 * 1024;
        const announced = Uint8Array.of(0, ...uint32(size), 0);
        const almost = times(size / 16_384 - 1, () => data(1, 16_384));
        const begin = join(openEcho(1), frame(FrameType.DATA, 0, 1, announced));
        for (let i = 0; i < 72; i++) {
          const attacker = attackers.use(await Attacker.connect(port));
          all.push(attacker);
          await attacker.send(begin, almost);
        }
        assert.ok(
          await Promise.any(all.map(async (one) => {
            assert.ok(await one.saw(/^HEADERS 1 end$/));
            return true;
          })),
        );
      },
    },
    {
      name: "CVE-2019-9517, calls wait whose answers would pile up behind a closed window",
      async run(target) {
        const { server, port } = target;
        const before = server.residentKiB();
        await using attacker = await Attacker.connect(port, {
          settings: [[INITIAL_WINDOW_SIZE, 0]],
        });
        await attacker.send(times(17, (i) => wholeEcho(stream(i), large)));
        await target.serves();
        // 17 messages, half of them as responses and half as requests, and garbage.
        const grown = server.residentKiB() - before;
        assert.ok(grown < 256 * 1024, `${grown} KiB`);
      },
    },
    {
      // Each connection stayed within its limit of 64 MiB, and 12 of them took a gigabyte.
      name: "CVE-2019-9517 on many connections: together they are held to a limit as well",
      async run({ port }) {
        await using attackers = new AsyncDisposableStack();
        const all: Attacker[] = [];
        for (let i = 0; i < 16; i++) {
          const approach = { settings: [[INITIAL_WINDOW_SIZE, 0]] as const };
          const attacker = attackers.use(await Attacker.connect(port, approach));
          all.push(attacker);
          await attacker.send(times(5, (k) => wholeEcho(stream(k), large)));
        }
        assert.equal(await Promise.race(all.map(({ end }) => end)), CALM);
      },
    },
    {
      name: "CVE-2019-9511, peers that open all windows and never read",
      async run({ port }) {
        await using attackers = new AsyncDisposableStack();
        for (let i = 0; i < 6; i++) {
          const approach = {
            settings: [[INITIAL_WINDOW_SIZE, 2 ** 31 - 1]] as const,
            reads: false,
          };
          const attacker = attackers.use(await Attacker.connect(port, approach));
          await attacker.send(windowUpdate(0, 2 ** 31 - 65_536));
          await attacker.send(times(15, (k) => wholeEcho(stream(k), large)));
        }
      },
    },
  ];
}
