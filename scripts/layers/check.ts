/** The rules of the layout, over a module graph and a table of rooms. @module */
import { basename, dirname } from "node:path/posix";
import type { Graph } from "./graph.ts";
import type { Rooms } from "./rooms.ts";

/** Yields a sentence for each breach of the table. */
export function* breachesOfRooms(
  graph: Graph,
  rooms: Rooms,
): Generator<string> {
  const roomOf = (file: string) => roomOfFolder(dirname(file), rooms);
  for (const folder of new Set([...graph.keys()].map((file) => dirname(file)))) {
    if (!roomOfFolder(folder, rooms)) {
      yield `${folder} is no room: add it to scripts/layers/rooms.ts`;
    }
  }
  const used = new Set([...graph.keys()].map(roomOf));
  for (const [room, allowed] of Object.entries(rooms)) {
    if (!used.has(room)) yield `The room ${room} has no files`;
    const imported = new Set<string>();
    for (const [file, targets] of graph) {
      if (roomOf(file) !== room) continue;
      for (const target of targets) {
        const other = target.startsWith("npm:") ? target : roomOf(target) ?? dirname(target);
        if (other === room) continue;
        imported.add(other);
        if (!allowed.includes(other)) yield `${file} may not import ${target}`;
        // A room inside the other one imports its files directly: by `mod.ts` it would import itself.
        else if (!isEntry(target) && !room.startsWith(`${other}/`)) {
          yield `${file} reaches past ${other}/mod.ts: ${target}`;
        }
      }
    }
    for (const name of allowed) {
      if (!imported.has(name)) yield `The room ${room} is allowed ${name} and does not import it`;
    }
  }
}

/** Returns the room of a folder: its own, or that of a parent folder whose room includes all folders below. */
function roomOfFolder(folder: string, rooms: Rooms): string | undefined {
  if (rooms[folder]) return folder;
  for (let above = folder; above.includes("/"); above = dirname(above)) {
    if (rooms[`${above}/**`]) return `${above}/**`;
  }
}

function isEntry(target: string): boolean {
  return target.startsWith("npm:") || target.endsWith("/mod.ts");
}

/** Yields a sentence for each circle of files that import each other. */
export function* circles(graph: Graph): Generator<string> {
  const done = new Set<string>();
  const path: string[] = [];
  function* visit(file: string): Generator<string> {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      yield `A circle of imports: ${[...path.slice(at), file].join(" → ")}`;
      return;
    }
    path.push(file);
    for (const target of graph.get(file) ?? []) yield* visit(target);
    path.pop();
    done.add(file);
  }
  for (const file of graph.keys()) yield* visit(file);
}

/** Yields a sentence for each circle of rooms in the table, except between a folder and its parents. */
export function circlesOfRooms(rooms: Rooms): Generator<string> {
  const isWithin = (a: string, b: string) => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  return circles(
    new Map(
      Object.entries(rooms).map(([room, allowed]) => [
        room,
        allowed.filter((other) => !isWithin(room, other)),
      ]),
    ),
  );
}

/** Yields a sentence for each file outside of `src/ffi` that opens libraries or touches raw pointers. */
export function* breachesOfFfi(sources: Iterable<[file: string, text: string]>): Generator<string> {
  for (const [file, text] of sources) {
    if (file.startsWith("src/ffi/")) continue;
    const raw = /Deno\s*\.\s*(dlopen|Unsafe\w+)/.exec(text);
    if (raw) yield `${file} uses Deno.${raw[1]}, which belongs under src/ffi`;
  }
}

/**
 * Yields a sentence for each room that a list of folders does not name. An item begins as in "- `src/net`: …"; a
 * sub-folder has an item of its own, or its last name in that of a folder above.
 */
export function* unnamedRooms(rooms: Rooms, list: string): Generator<string> {
  const items = new Map(
    [...list.matchAll(/^- `([^`]+)`:([^]*?)(?=^- |^$)/gm)].map((
      [, folder, text],
    ) => [folder, text]),
  );
  for (const room of Object.keys(rooms).map((name) => name.replace("/**", ""))) {
    let above = room;
    while (above !== "." && !items.has(above)) above = dirname(above);
    if (above === room || items.get(above)?.includes(`\`${basename(room)}\``)) continue;
    yield `ARCHITECTURE.md does not name ${room}`;
  }
}
