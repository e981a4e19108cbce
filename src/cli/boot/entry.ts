/**
 * The entry of the program in a guest's image: mounts /proc, and then runs the program. Deno's modules `node:process` and
 * others read /proc/self/exe when they are imported, so this module and its imports must not need them.
 *
 * @module
 */
import { mount } from "../../ffi/libc/mod.ts";
import { isProcMounted, procMount } from "./proc.ts";

if (Deno.pid === 1 && !isProcMounted()) mount(...procMount);
// Not a part of this bundle: its imports are read when this runs.
await import(new URL("./main.js", import.meta.url).href);
