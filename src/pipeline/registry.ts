/** The registry of node types. @module */
import type { NodeType } from "./node.ts";
import { builtinNodes } from "./nodes/mod.ts";

/** Node types by name. */
export type Registry = ReadonlyMap<string, NodeType>;

/** Makes a registry of the node types of this folder and others. @throws {TypeError} for a name that is taken */
export function createRegistry(others: readonly NodeType[] = []): Registry {
  const registry = new Map<string, NodeType>();
  for (const node of [...builtinNodes, ...others]) {
    if (registry.has(node.type)) throw new TypeError(`Two types of nodes are named ${node.type}`);
    registry.set(node.type, node);
  }
  return registry;
}
