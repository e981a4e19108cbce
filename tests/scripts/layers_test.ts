/** The rules of the layout. @module */
import assert from "node:assert/strict";
import {
  breachesOfFfi,
  breachesOfRooms,
  circles,
  circlesOfRooms,
  unnamedRooms,
} from "../../scripts/layers/check.ts";
import type { Rooms } from "../../scripts/layers/rooms.ts";

const rooms: Rooms = {
  "src/cli": ["src/grpc", "npm:commander"],
  "src/grpc": ["src/grpc/native"],
  "src/grpc/native": ["src/grpc"],
  "src/ffi": [],
};

/** A graph without a breach of these rooms. */
const sound: Readonly<Record<string, readonly string[]>> = {
  "src/cli/mod.ts": ["src/cli/run.ts", "npm:commander"],
  "src/cli/run.ts": ["src/grpc/mod.ts"],
  "src/grpc/mod.ts": ["src/grpc/status.ts", "src/grpc/native/mod.ts"],
  "src/grpc/native/mod.ts": ["src/grpc/status.ts"],
  "src/grpc/status.ts": [],
  "src/ffi/mod.ts": [],
};

/** Returns the breaches of the sound graph with some files changed. */
function breaches(changed: Record<string, string[]>, without: string[] = []): string[] {
  const files = Object.entries({ ...sound, ...changed }).filter(([file]) =>
    !without.includes(file)
  );
  const graph = new Map(files);
  return [...breachesOfRooms(graph, rooms), ...circles(graph)];
}

Deno.test("a layout that agrees with the table has no breaches", () => {
  assert.deepEqual(breaches({}), []);
});

Deno.test("an import of a room or a package that the table does not allow is a breach", () => {
  assert.deepEqual(breaches({ "src/grpc/status.ts": ["src/ffi/mod.ts"] }), [
    "src/grpc/status.ts may not import src/ffi/mod.ts",
  ]);
  assert.deepEqual(breaches({ "src/grpc/status.ts": ["npm:commander"] }), [
    "src/grpc/status.ts may not import npm:commander",
  ]);
});

Deno.test("a room of its own in a sub-folder has no rights of the folder above", () => {
  assert.deepEqual(breaches({ "src/grpc/native/client.ts": ["npm:commander"] }), [
    "src/grpc/native/client.ts may not import npm:commander",
  ]);
});

Deno.test("an import upward is a breach", () => {
  assert.equal(
    breaches({ "src/grpc/status.ts": ["src/cli/mod.ts"] })[0],
    "src/grpc/status.ts may not import src/cli/mod.ts",
  );
});

Deno.test("an import past `mod.ts` is a breach, of a folder below too", () => {
  assert.deepEqual(breaches({ "src/cli/run.ts": ["src/grpc/mod.ts", "src/grpc/status.ts"] }), [
    "src/cli/run.ts reaches past src/grpc/mod.ts: src/grpc/status.ts",
  ]);
  const below = {
    "src/grpc/native/client.ts": [],
    "src/grpc/server.ts": ["src/grpc/native/client.ts"],
  };
  assert.deepEqual(breaches(below), [
    "src/grpc/server.ts reaches past src/grpc/native/mod.ts: src/grpc/native/client.ts",
  ]);
});

Deno.test("a folder that is not in the table is a breach, and so is a room without files", () => {
  assert.deepEqual(breaches({ "src/cli/new/mod.ts": [] }), [
    "src/cli/new is no room: add it to scripts/layers/rooms.ts",
  ]);
  assert.deepEqual(breaches({}, ["src/ffi/mod.ts"]), ["The room src/ffi has no files"]);
});

Deno.test("a room may take in the folders below it", () => {
  const files = { "src/api/v1/a.ts": ["src/api/v2/b.ts"], "src/api/v2/b.ts": ["npm:commander"] };
  assert.deepEqual([
    ...breachesOfRooms(new Map(Object.entries(files)), { "src/api/**": [] }),
  ], [
    "src/api/v2/b.ts may not import npm:commander",
  ]);
});

Deno.test("an allowed import that no file uses is a breach", () => {
  assert.deepEqual(breaches({ "src/cli/mod.ts": ["src/cli/run.ts"] }), [
    "The room src/cli is allowed npm:commander and does not import it",
  ]);
});

Deno.test("a circle of files is a breach, within a room too", () => {
  const circle = { "src/cli/run.ts": ["src/grpc/mod.ts", "src/cli/mod.ts"] };
  assert.deepEqual(breaches(circle), [
    "A circle of imports: src/cli/mod.ts → src/cli/run.ts → src/cli/mod.ts",
  ]);
});

Deno.test("a circle of rooms is a breach of the table itself", () => {
  assert.deepEqual([...circlesOfRooms(rooms)], []);
  assert.deepEqual([
    ...circlesOfRooms({ ...rooms, "src/ffi": ["src/cli"], "src/grpc": ["src/ffi"] }),
  ], [
    "A circle of imports: src/cli → src/grpc → src/ffi → src/cli",
  ]);
});

Deno.test("raw pointers and libraries outside of src/ffi are a breach", () => {
  const sources: [string, string][] = [
    ["src/ffi/libc.ts", "Deno.dlopen()"],
    ["src/net/socket.ts", "Deno.UnsafePointer.of(bytes)"],
    ["src/net/listener.ts", "Deno . dlopen()"],
    ["src/net/mod.ts", "Deno.listen()"],
  ];
  assert.deepEqual([...breachesOfFfi(sources)], [
    "src/net/socket.ts uses Deno.UnsafePointer, which belongs under src/ffi",
    "src/net/listener.ts uses Deno.dlopen, which belongs under src/ffi",
  ]);
});

Deno.test("a room that the list of folders does not name is a breach", () => {
  const list = (grpc: string) =>
    `- \`src/cli\`: commands\n- \`src/grpc\`: ${grpc}\n- \`src/ffi\`: C\n\n`;
  assert.deepEqual([...unnamedRooms(rooms, list("calls; its stack is\n  `native`"))], []);
  assert.deepEqual([...unnamedRooms(rooms, list("calls"))], [
    "ARCHITECTURE.md does not name src/grpc/native",
  ]);
});
