/**
 * Codecs of proto-loader in place of the generated ones, so that this stack checks those of the native stack: a call
 * between the stacks is written by protobufjs and read by our code, or the other way round.
 *
 * @module
 */
import { loadSync, type ServiceDefinition as LoadedService } from "@grpc/proto-loader";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyMethod } from "../mod.ts";

/** The options by which proto-loader's objects have the shape of the generated types. */
const options = { longs: Number, enums: String, defaults: true, oneofs: true } as const;

/** The methods of `proto/` as proto-loader gives them, by their paths; read when first asked for. */
let loaded: Map<string, LoadedService[string]> | undefined;

function loadedMethods(): Map<string, LoadedService[string]> {
  if (loaded) return loaded;
  loaded = new Map();
  const folder = fileURLToPath(new URL("../../../proto", import.meta.url));
  const files = [...protoFiles(folder)].map((file) => relative(folder, file));
  const definitions = loadSync(files, { ...options, includeDirs: [folder] });
  for (const definition of Object.values(definitions)) {
    // A definition is of a message, of an enum or of a service.
    if ("format" in definition) continue;
    for (const method of Object.values(definition as LoadedService)) {
      loaded.set(method.path, method);
    }
  }
  return loaded;
}

function* protoFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* protoFiles(join(folder, name));
    else if (name.endsWith(".proto")) yield join(folder, name);
  }
}

/**
 * The method with the codecs of proto-loader in place of generated ones; any other method as it is.
 *
 * The generated codecs look at each message first and refuse what they would refuse on the native stack: protobufjs
 * takes text that is not UTF-8, fields of a wrong type, and any number of nested messages, which cost 200 times the
 * memory of their bytes.
 */
export function withReferenceCodecs(method: AnyMethod): AnyMethod {
  let changed = known.get(method);
  if (!changed) known.set(method, changed = changeCodecs(method));
  return changed;
}

const known = new WeakMap<AnyMethod, AnyMethod>();

function changeCodecs(method: AnyMethod): AnyMethod {
  // Messages of other codecs, such as those known at run time only, have another form.
  if (!method.generated) return method;
  const reference = loadedMethods().get(method.path);
  if (!reference) return method;
  return {
    ...method,
    requestSerialize: both(method.requestSerialize, reference.requestSerialize),
    requestDeserialize: both(method.requestDeserialize, reference.requestDeserialize),
    responseSerialize: both(method.responseSerialize, reference.responseSerialize),
    responseDeserialize: both(method.responseDeserialize, reference.responseDeserialize),
  };
}

/** A codec that returns what the reference makes of a value that ours accepts. */
function both<I, O>(ours: (value: I) => O, reference: (value: I) => unknown): (value: I) => O {
  return (value) => {
    ours(value);
    return reference(value) as O;
  };
}
