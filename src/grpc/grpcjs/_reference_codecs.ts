/**
 * Replaces the generated codecs by proto-loader's, so that each call between the stacks compares the two: protobufjs
 * writes and the generated code reads, or the other way round.
 *
 * @module
 */
import type { ServiceDefinition as LoadedService } from "@grpc/proto-loader";
import type { AnyMethod } from "../mod.ts";
import { loadProtos } from "./protos.ts";

/** The methods of `proto/` by path, as proto-loader defines them. Loaded at the first use. */
let loaded: Map<string, LoadedService[string]> | undefined;

function loadedMethods(): Map<string, LoadedService[string]> {
  if (loaded) return loaded;
  loaded = new Map();
  for (const definition of Object.values(loadProtos())) {
    // Messages and enums have a format; services have none.
    if ("format" in definition) continue;
    for (const method of Object.values(definition as LoadedService)) {
      loaded.set(method.path, method);
    }
  }
  return loaded;
}

/**
 * Returns the method with proto-loader's codecs in place of generated ones. Other methods are returned as they are.
 *
 * The generated codecs run first, and refuse the same messages as on the native stack: protobufjs accepts text that is
 * not UTF-8, fields of a wrong type, and any number of nested messages, each of which takes 200 times the memory of its
 * bytes.
 */
export function withReferenceCodecs(method: AnyMethod): AnyMethod {
  let changed = known.get(method);
  if (!changed) known.set(method, changed = changeCodecs(method));
  return changed;
}

const known = new WeakMap<AnyMethod, AnyMethod>();

function changeCodecs(method: AnyMethod): AnyMethod {
  // The messages of other codecs, such as dynamic messages, have another form.
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

/** Returns a codec that calls both, and returns the result of the reference. */
function both<I, O>(ours: (value: I) => O, reference: (value: I) => unknown): (value: I) => O {
  return (value) => {
    ours(value);
    return reference(value) as O;
  };
}
