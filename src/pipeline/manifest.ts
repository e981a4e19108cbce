/** The form of manifests, before their graph is checked. @module */
import { PipelineError } from "./errors.ts";
import { LIMIT_KEYS, type Limits, MAX_CONNECTIONS, MAX_NODES } from "./limits.ts";
import { kindOf, shown, suggestion } from "./shown.ts";

/** The version of manifests that this program reads. */
export const MANIFEST_VERSION = 1;

/** A node of a pipeline. */
export interface ManifestNode {
  readonly id: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A connection from the output of a node to an input: `ID`, or `ID.INPUT` for an input with another name than `in`. */
export interface Connection {
  readonly from: string;
  readonly to: string;
}

/** A declared pipeline: a directed acyclic graph of nodes. */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly name: string;
  readonly nodes: readonly ManifestNode[];
  readonly connections: readonly Connection[];
  /** Inputs of nodes that the caller supplies, written as in connections. */
  readonly inputs: readonly string[];
  /** Ids of the nodes whose outputs are returned. */
  readonly outputs: readonly string[];
  readonly limits: Partial<Limits>;
}

/** Ids of nodes: they stand in messages, metrics and names of inputs. */
const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const MAX_NAME = 200;

/** Reads a manifest from a value as JSON represents it. @throws {PipelineError} BAD_MANIFEST with the path */
export function readManifest(value: unknown): Manifest {
  if (value === null || value === undefined) throw bad([], "The manifest is empty");
  const root = record(value, [], [
    "version",
    "name",
    "nodes",
    "connections",
    "inputs",
    "outputs",
    "limits",
  ]);
  if (root.version !== MANIFEST_VERSION) {
    const given = root.version === undefined
      ? "The manifest has no version"
      : `The version is ${shown(root.version)}`;
    throw bad(["version"], `${given}: it must be ${MANIFEST_VERSION}`);
  }
  const name = root.name ?? "";
  if (typeof name !== "string" || name.length > MAX_NAME) {
    throw bad(["name"], `The name must be text of at most ${MAX_NAME} characters`);
  }
  return {
    version: MANIFEST_VERSION,
    name,
    nodes: list(root.nodes, ["nodes"], MAX_NODES).map(readNode),
    connections: list(root.connections ?? [], ["connections"], MAX_CONNECTIONS).map(readConnection),
    inputs: list(root.inputs ?? [], ["inputs"], MAX_CONNECTIONS).map(text("inputs")),
    outputs: list(root.outputs, ["outputs"], MAX_NODES).map(text("outputs")),
    limits: readLimits(root.limits ?? {}),
  };
}

function readNode(value: unknown, index: number): ManifestNode {
  const path = ["nodes", index];
  const { id, type, parameters } = record(value, path, ["id", "type", "parameters"]);
  if (typeof id !== "string" || !ID.test(id)) {
    const given = id === undefined
      ? `${place(path)} has no id`
      : `The id of a node is ${shown(id)}`;
    throw bad(
      [...path, "id"],
      `${given}: it must begin with a letter, and have at most 64 of A-Z a-z 0-9 _ -`,
    );
  }
  if (typeof type !== "string") {
    const given = type === undefined ? `Node ${id} has no type` : `The type is ${shown(type)}`;
    throw bad([...path, "type"], `${given}: it must be the name of a type of nodes`);
  }
  return { id, type, parameters: record(parameters ?? {}, [...path, "parameters"]) };
}

function readConnection(value: unknown, index: number): Connection {
  const path = ["connections", index];
  const { from, to } = record(value, path, ["from", "to"]);
  if (typeof from === "string" && typeof to === "string") return { from, to };
  const field = typeof from === "string" ? "to" : "from";
  throw bad(
    [...path, field],
    `${place(path)} has no valid field ${field}: it must be the id of a node`,
  );
}

function readLimits(value: unknown): Partial<Limits> {
  const given = record(value, ["limits"], Object.values(LIMIT_KEYS));
  const limits: { -readonly [N in keyof Limits]?: Limits[N] } = {};
  for (const [name, key] of Object.entries(LIMIT_KEYS) as [keyof Limits, string][]) {
    const limit = given[key];
    if (limit === undefined) continue;
    if (typeof limit !== "number") {
      throw bad(["limits", key], `The limit ${key} is ${shown(limit)}: it must be a number`);
    }
    limits[name] = limit;
  }
  return limits;
}

function text(key: string) {
  return (value: unknown, index: number): string => {
    if (typeof value !== "string") {
      throw bad([key, index], `${key}.${index} is ${shown(value)}: it must be the id of a node`);
    }
    return value;
  };
}

function record(value: unknown, path: Path, keys?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const fields = keys === undefined ? "" : ` with the fields ${keys.join(", ")}`;
    throw bad(path, `${place(path)} must be an object${fields}, not ${kindOf(value)}`);
  }
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw bad(
      [...path, unknown],
      `${place(path)} cannot have the field ${shown(unknown)}: ${suggestion(unknown, keys!)}`,
    );
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, path: Path, max: number): readonly unknown[] {
  if (value === undefined || value === null) {
    throw bad(path, `The manifest has no ${place(path)}: it must be a list`);
  }
  if (!Array.isArray(value)) throw bad(path, `${place(path)} must be a list, not ${kindOf(value)}`);
  if (value.length > max) {
    throw bad(path, `${place(path)} has ${value.length} items: at most ${max} are allowed`);
  }
  return value;
}

type Path = readonly (string | number)[];

function place(path: Path): string {
  return path.length === 0 ? "The manifest" : path.join(".");
}

function bad(path: Path, message: string): PipelineError {
  return new PipelineError("BAD_MANIFEST", message, { path });
}
