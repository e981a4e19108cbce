/** A client of the standard reflection service (grpc's doc/server-reflection.md). @module */
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { type AnyMethod, RpcError, StatusCode, statusName } from "../mod.ts";
import { ReflectionError } from "./errors.ts";
import {
  reflectionMethod,
  type ReflectionRequest,
  type ReflectionResponse,
  reflectionVersions,
} from "./reflection_messages.ts";
import { type Declared, readFileDescriptor, Schema } from "./schema.ts";
import { wellKnownFile } from "./well_known_files.ts";

/**
 * Limits of the descriptors that a server may send for one symbol. A service of the largest public APIs needs
 * under a hundred files, of some 10 KB each.
 */
const reflectionLimits = {
  /** Files. Each may import further ones to fetch. */
  files: 500,
  /** Bytes of all serialized descriptors. */
  bytes: 16 * 1024 * 1024,
} as const;

/** Makes a call and returns its responses. */
export type Call = (
  method: AnyMethod,
  requests: readonly ReflectionRequest[],
) => AsyncIterable<ReflectionResponse>;

/** A symbol, and the schema that declares it. */
export interface Found<D extends Declared = Declared> {
  readonly schema: Schema;
  readonly declared: D;
}

/** Fetches the services and descriptors of one server. The error of a failed call is passed on. */
export class ReflectionClient {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Lists the names of the server's services, sorted.
   *
   * @throws {ReflectionError} `NO_REFLECTION`, `UNKNOWN_SYMBOL`
   */
  async services(): Promise<string[]> {
    const { listServicesResponse } = await this.#ask({ listServices: "*" }, "its services");
    return (listServicesResponse?.service ?? []).map(({ name }) => name).sort();
  }

  /**
   * Finds a symbol. A name unknown to the server is looked up in its parent, because many servers find services
   * and messages by name but not methods.
   *
   * @throws {ReflectionError} any code but `BAD_SOURCE`, `BAD_JSON` and `BAD_MESSAGE`
   */
  async find(symbol: string): Promise<Found> {
    try {
      return await this.#find(symbol, symbol);
    } catch (error) {
      const dot = symbol.lastIndexOf(".");
      const unknown = error instanceof ReflectionError && error.code === "UNKNOWN_SYMBOL";
      if (!unknown || dot < 0) throw error;
      try {
        return await this.#find(symbol, symbol.slice(0, dot));
      } catch (second) {
        if (second instanceof ReflectionError && second.code === "UNKNOWN_SYMBOL") throw error;
        throw second;
      }
    }
  }

  /** Fetches the schema of a symbol: its file and all imports. */
  async schemaOf(symbol: string): Promise<Schema> {
    const files = new Map<string, FileDescriptorProto>();
    const wanted: string[] = [];
    let bytes = 0;
    const take = ({ fileDescriptorResponse }: ReflectionResponse) => {
      for (const encoded of fileDescriptorResponse?.fileDescriptorProto ?? []) {
        bytes += encoded.length;
        if (files.size >= reflectionLimits.files || bytes > reflectionLimits.bytes) {
          throw new ReflectionError("TOO_LARGE", tooLarge(symbol));
        }
        const file = readFileDescriptor(encoded);
        files.set(file.name, file);
        // One by one: arguments of a call are on the stack, and a server may send millions of imports.
        for (const name of file.dependency) wanted.push(name);
      }
    };
    take(await this.#ask({ fileContainingSymbol: symbol }, symbol));
    // Most servers send the imported files too, but need not.
    for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
      if (files.has(name)) continue;
      const file = wellKnownFile(name);
      if (file) files.set(name, file);
      else take(await this.#ask({ fileByFilename: name }, `the file ${name}`));
      if (!files.has(name)) {
        throw new ReflectionError("BAD_DESCRIPTORS", `The server does not give the file ${name}`);
      }
    }
    return new Schema(files.values());
  }

  async #find(symbol: string, container: string): Promise<Found> {
    const schema = await this.schemaOf(container);
    const declared = schema.find(symbol);
    if (declared) return { schema, declared };
    throw new ReflectionError(
      "UNKNOWN_SYMBOL",
      `${symbol} is not a message, an enum, an extension, a service or a method`,
      { status: StatusCode.NOT_FOUND },
    );
  }

  /** Sends one request to the newest version of the service that the server has. */
  async #ask(request: ReflectionRequest, what: string): Promise<ReflectionResponse> {
    for (const version of reflectionVersions) {
      try {
        for await (const response of this.#call(reflectionMethod(version), [request])) {
          if (!response.errorResponse) return response;
          const { errorCode, errorMessage } = response.errorResponse;
          throw new ReflectionError(
            "UNKNOWN_SYMBOL",
            `The server does not describe ${what}: ${statusName(errorCode)}: ${errorMessage}`,
            { status: errorCode },
          );
        }
        throw new ReflectionError("UNKNOWN_SYMBOL", `The server does not describe ${what}`);
      } catch (error) {
        if (!isUnimplemented(error)) throw error;
      }
    }
    throw new ReflectionError("NO_REFLECTION", "The server has no reflection service", {
      status: StatusCode.UNIMPLEMENTED,
    });
  }
}

function tooLarge(symbol: string): string {
  const { files, bytes } = reflectionLimits;
  return `The server describes ${symbol} in over ${files} files or ${bytes} bytes`;
}

/** Returns true for UNIMPLEMENTED, the status of a method that the server does not have, and for an error caused by it. */
function isUnimplemented(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof RpcError) return at.code === StatusCode.UNIMPLEMENTED;
  }
  return false;
}
