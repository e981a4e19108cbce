/**
 * Checks that the layout is the architecture, by the module graph that Deno itself builds:
 *
 * - each folder below `src` is a room of the table in `scripts/layers/rooms.ts`, and imports only the rooms and
 *   packages that the table allows it;
 * - a room is entered by its `mod.ts`; the files of one folder import each other freely, and those of the
 *   folders around it;
 * - no files import each other in a circle, nor do rooms;
 * - only `src/ffi` opens libraries or touches raw pointers;
 * - ARCHITECTURE.md names each room.
 *
 * Prints each breach and exits 1, or exits 0.
 *
 * @module
 */
import {
  breachesOfFfi,
  breachesOfRooms,
  circles,
  circlesOfRooms,
  unnamedRooms,
} from "./layers/check.ts";
import { readGraph, root } from "./layers/graph.ts";
import { rooms } from "./layers/rooms.ts";

const graph = await readGraph("src");
const sources = [...graph.keys()].map((file): [string, string] => [
  file,
  Deno.readTextFileSync(`${root}${file}`),
]);
const breaches = [
  ...breachesOfRooms(graph, rooms),
  ...circlesOfRooms(rooms),
  ...circles(graph),
  ...breachesOfFfi(sources),
  ...unnamedRooms(rooms, Deno.readTextFileSync(`${root}ARCHITECTURE.md`)),
];
for (const breach of breaches) console.error(breach);
const count = Object.keys(rooms).length;
console.log(`${graph.size} files in ${count} rooms: ${breaches.length || "no"} breaches`);
if (breaches.length > 0) Deno.exitCode = 1;
