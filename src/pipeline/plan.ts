/** Plans: manifests that have been validated whole. @module */
import { nearest } from "../spelling/mod.ts";
import { PipelineError } from "./errors.ts";
import { topologicalOrder } from "./graph.ts";
import { type Limits, limitsOf } from "./limits.ts";
import type { Manifest } from "./manifest.ts";
import type { NodeType } from "./node.ts";
import { type ParameterSchemas, type ParameterValues, readParameters } from "./parameters.ts";
import type { Registry } from "./registry.ts";
import { shown } from "./shown.ts";
import type { Kind } from "./values.ts";

/** The origin of an input's value: a node's output, or the caller. */
export type Source =
  | { readonly from: "node"; readonly id: string }
  | { readonly from: "caller"; readonly input: string };

/** A node that is ready to run. */
export interface PlannedNode {
  readonly id: string;
  readonly type: NodeType;
  readonly parameters: ParameterValues<ParameterSchemas>;
  readonly sources: ReadonlyMap<string, Source>;
}

/** A pipeline that can be executed. */
export interface Plan {
  readonly name: string;
  /** In an order in which each node follows the nodes that it depends on. */
  readonly nodes: readonly PlannedNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly limits: Limits;
}

/** Validates a manifest. @throws {PipelineError} BAD_MANIFEST with the path of the wrong value */
export function planOf(manifest: Manifest, registry: Registry): Plan {
  if (manifest.nodes.length === 0) throw bad(["nodes"], "The pipeline has no node");
  if (manifest.outputs.length === 0) throw bad(["outputs"], "The pipeline has no output");
  const limits = limitsOf(manifest.limits);
  const types = new Map<string, NodeType>();
  const parameters = new Map<string, ParameterValues<ParameterSchemas>>();
  manifest.nodes.forEach(({ id, type, parameters: given }, index) => {
    const path = ["nodes", index];
    if (types.has(id)) throw bad([...path, "id"], `Two nodes have the id ${id}`, id);
    const found = registry.get(type);
    if (found === undefined) {
      throw bad(
        [...path, "type"],
        `Node ${id} has the unknown type ${type.slice(0, 64)}: ${known(type, registry)}`,
        id,
      );
    }
    types.set(id, found);
    parameters.set(id, parametersOf(id, found, given, [...path, "parameters"]));
  });
  const sources = sourcesOf(manifest, types);
  for (const [index, output] of manifest.outputs.entries()) {
    findNode(types, output, ["outputs", index]);
    if (manifest.outputs.indexOf(output) !== index) {
      throw bad(["outputs", index], `The output ${output} is given twice`);
    }
  }
  const ids = manifest.nodes.map(({ id }) => id);
  const edges = manifest.connections.map(({ from, to }) => ({ from, to: parseInput(to).id }));
  const { order, cycle } = topologicalOrder(ids, edges);
  if (cycle) {
    throw bad(["connections"], `The connections have a cycle: ${cycle.join(" -> ")}`, cycle[0]);
  }
  for (const [index, id] of ids.entries()) {
    const missing = Object.keys(types.get(id)!.inputs).find((name) => !sources.get(id)!.has(name));
    if (missing === undefined) continue;
    throw bad(
      ["nodes", index],
      `Node ${id} has no source for its input ${missing}: connect it, or name it in inputs`,
      id,
    );
  }
  const nodes = order.map((id) => ({
    id,
    type: types.get(id)!,
    parameters: parameters.get(id)!,
    sources: sources.get(id)!,
  }));
  checkKinds(nodes);
  return { name: manifest.name, nodes, inputs: manifest.inputs, outputs: manifest.outputs, limits };
}

/** Ensures that a plan can process a stream. @throws {PipelineError} BAD_MANIFEST */
export function requireStream({ nodes }: Plan): void {
  const whole = nodes.find(({ type }) => type.needsWhole);
  if (whole === undefined) return;
  throw bad(
    ["nodes"],
    `Node ${whole.id} (${whole.type.type}) needs its whole input, and cannot be in a stream`,
    whole.id,
  );
}

/** The sources of each node's inputs. */
function sourcesOf(manifest: Manifest, types: ReadonlyMap<string, NodeType>) {
  const sources = new Map([...types.keys()].map((id) => [id, new Map<string, Source>()]));
  const add = (to: string, source: Source, path: Path) => {
    const { id, input } = parseInput(to);
    const { inputs } = findNode(types, id, path);
    if (!Object.hasOwn(inputs, input)) {
      const names = Object.keys(inputs).join(", ") || "none";
      throw bad(path, `Node ${id} has no input ${shown(input)}: its inputs are ${names}`, id);
    }
    if (sources.get(id)!.has(input)) {
      throw bad(path, `The input ${input} of node ${id} has two sources`, id);
    }
    sources.get(id)!.set(input, source);
  };
  manifest.connections.forEach(({ from, to }, index) => {
    findNode(types, from, ["connections", index, "from"]);
    add(to, { from: "node", id: from }, ["connections", index, "to"]);
  });
  manifest.inputs.forEach((input, index) => {
    add(input, { from: "caller", input }, ["inputs", index]);
  });
  return sources;
}

/** Ensures that connected outputs have a kind that the input accepts. */
function checkKinds(nodes: readonly PlannedNode[]): void {
  // The kind of a value that the caller supplies is known at execution only.
  const kinds = new Map<string, Kind | undefined>();
  for (const { id, type, sources } of nodes) {
    for (const [input, source] of sources) {
      const kind = source.from === "node" ? kinds.get(source.id) : undefined;
      if (kind !== undefined && source.from === "node" && !type.inputs[input]!.includes(kind)) {
        throw bad(
          ["connections"],
          `Node ${id} takes ${type.inputs[input]!.join(" or ")}, and ${source.id} gives ${kind}`,
          id,
        );
      }
    }
    const first = sources.get("in");
    const passed = first?.from === "node" ? kinds.get(first.id) : undefined;
    kinds.set(id, type.output === "in" ? passed : type.output);
  }
}

function parametersOf(
  id: string,
  type: NodeType,
  given: Readonly<Record<string, unknown>>,
  path: Path,
) {
  try {
    const parameters = readParameters(type.parameters, given);
    const fault = type.check?.(parameters);
    if (fault !== undefined) throw bad([], fault);
    return parameters;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw bad([...path, ...error.path ?? []], `Node ${id} (${type.type}): ${error.message}`, id);
  }
}

function parseInput(text: string): { id: string; input: string } {
  const dot = text.indexOf(".");
  return dot < 0
    ? { id: text, input: "in" }
    : { id: text.slice(0, dot), input: text.slice(dot + 1) };
}

function findNode(types: ReadonlyMap<string, NodeType>, id: string, path: Path): NodeType {
  const found = types.get(id);
  if (found) return found;
  throw bad(path, `There is no node ${shown(id)}: there are ${[...types.keys()].join(", ")}`);
}

function known(type: string, registry: Registry): string {
  const near = nearest(type, [...registry.keys()]);
  return `${near === undefined ? "" : `did you mean ${near}? `}There are ${
    [...registry.keys()].join(", ")
  }`;
}

type Path = readonly (string | number)[];

function bad(path: Path, message: string, node?: string): PipelineError {
  return new PipelineError("BAD_MANIFEST", message, node === undefined ? { path } : { path, node });
}
