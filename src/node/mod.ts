/**
 * Modules of Node.js that are loaded at their first use. An import loads a module in every thread that starts, and a worker
 * that signs uses none of these: without node:crypto, node:net, node:process, node:stream and node:zlib the V8 heap of a
 * worker has 6.3 MB instead of 8.5. For modules that a worker imports; others import `node:` modules as usual.
 *
 * V8 runs pending microtasks while Deno loads a module, unless the caller is a microtask itself. So the continuation of any
 * promise may run within the first call of such a function: make it before a change of state, as `loadCompression()` does.
 *
 * @module
 */
import type * as crypto from "node:crypto";
import type * as dns from "node:dns/promises";
import type * as fs from "node:fs";
import type * as net from "node:net";
import type * as path from "node:path";
import type process from "node:process";
import type * as zlib from "node:zlib";

type NodeProcess = typeof process;

const scope = globalThis as unknown as { readonly process: NodeProcess };

let isUsed = false;
let firstUse: ((process: NodeProcess) => void) | undefined;

/**
 * Calls back before this thread loads a module of this file for the first time, or at once if it has. A later callback
 * takes the place of an earlier one.
 */
export function onNodeUse(callback: (process: NodeProcess) => void): void {
  firstUse = callback;
  if (isUsed) callback(scope.process);
}

/** Returns a function that loads a module at its first call, and returns it. */
function lazily<Module>(name: string): () => Module {
  let module: Module | undefined;
  return () => {
    if (module !== undefined) return module;
    if (!isUsed) {
      isUsed = true;
      firstUse?.(scope.process);
    }
    return module = scope.process.getBuiltinModule(name) as Module;
  };
}

export const nodeCrypto = lazily<typeof crypto>("node:crypto");
export const nodeDns = lazily<typeof dns>("node:dns/promises");
export const nodeFs = lazily<typeof fs>("node:fs");
export const nodeNet = lazily<typeof net>("node:net");
export const nodePath = lazily<typeof path>("node:path");
export const nodeProcess = lazily<NodeProcess>("node:process");
export const nodeZlib = lazily<typeof zlib>("node:zlib");
