/** Restricts itself to the last of its CPUs, pins two workers, and prints the CPUs that they may use. @module */
import { libc } from "../../../src/ffi/mod.ts";
import { allowedProcessors } from "../../../src/grpc/native/workers/_processors.ts";
import { ask, PoolRig } from "./_pool.ts";

const given = allowedProcessors()!.at(-1)!;
libc.pinThread([given]);
const rig = await PoolRig.start(2, { pin: true });
const workers = [await ask(await rig.connect(), "processors")];
workers.push(await ask(await rig.connect(), "processors"));
console.log(JSON.stringify({ given, workers }));
Deno.exit(0);
