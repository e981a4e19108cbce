/**
 * The standard reflection service (grpc's doc/server-reflection.md), v1 and v1alpha: it describes the files of
 * `proto/`, the service itself among them.
 *
 * @module
 */
import {
  type FileDescriptor,
  loadFileDescriptors,
  serverReflectionDefinitionV1,
  serverReflectionDefinitionV1alpha,
  type ServerReflectionRequest,
  type ServerReflectionResponseInit,
} from "../api/mod.ts";
import {
  bidi,
  type CallContext,
  implement,
  type Service,
  serviceName,
  StatusCode,
} from "../grpc/mod.ts";
import { StreamLimit } from "./stream_limit.ts";

/** Reflection streams that may be open at once on each thread, and those of one peer: a client needs one. */
const MAX_STREAMS = 1_024;
const MAX_STREAMS_PER_PEER = 64;

/** Returns both versions of the service. They list the services given, and themselves. */
export function reflectionServices(others: readonly Service[]): Service[] {
  const limit = new StreamLimit(
    MAX_STREAMS,
    MAX_STREAMS_PER_PEER,
    "Too many reflection streams are open here: try again later",
  );
  const names: string[] = [];
  async function* answer(
    requests: AsyncIterable<ServerReflectionRequest>,
    context: CallContext,
  ): AsyncGenerator<ServerReflectionResponseInit> {
    using _ = limit.open(context);
    const answers = new Answers(await loadFileDescriptors(), names);
    for await (const request of requests) {
      yield { validHost: request.host, originalRequest: request, ...answers.to(request) };
    }
  }
  const own = [
    implement(serverReflectionDefinitionV1, { ServerReflectionInfo: bidi(answer) }),
    implement(serverReflectionDefinitionV1alpha, { ServerReflectionInfo: bidi(answer) }),
  ];
  names.push(...[...others, ...own].map(serviceName).sort());
  return own;
}

/** The answers of one stream, which sends each file once. */
class Answers {
  readonly #files: readonly FileDescriptor[];
  readonly #services: readonly string[];
  readonly #sent = new Set<string>();

  constructor(files: readonly FileDescriptor[], services: readonly string[]) {
    this.#files = files;
    this.#services = services;
  }

  to(request: ServerReflectionRequest): ServerReflectionResponseInit {
    switch (request.messageRequest) {
      case "listServices":
        return { listServicesResponse: { service: this.#services.map((name) => ({ name })) } };
      case "fileByFilename":
        return this.#file(({ name }) => name === request.fileByFilename, "file");
      case "fileContainingSymbol":
        return this.#file(
          ({ symbols }) => symbols.includes(request.fileContainingSymbol),
          "symbol",
        );
      case "fileContainingExtension":
        return notFound("extension");
      case "allExtensionNumbersOfType": {
        // Files of proto3 have no extensions.
        const type = request.allExtensionNumbersOfType;
        return this.#files.some(({ symbols }) => symbols.includes(type))
          ? { allExtensionNumbersResponse: { baseTypeName: type } }
          : notFound("symbol");
      }
      default:
        return failed(StatusCode.INVALID_ARGUMENT, "The request asks for nothing");
    }
  }

  /** Returns the file that fits and the files that it imports, without files that this stream has sent already. */
  #file(fits: (file: FileDescriptor) => boolean, what: string): ServerReflectionResponseInit {
    const file = this.#files.find(fits);
    if (!file) return notFound(what);
    const wanted = [file];
    for (const { imports } of wanted) {
      wanted.push(
        ...this.#files.filter((each) => imports.includes(each.name) && !wanted.includes(each)),
      );
    }
    // The requested file is sent even if it was sent before: a response must have it.
    const unsent = wanted.filter((each) => each === file || !this.#sent.has(each.name));
    for (const { name } of unsent) this.#sent.add(name);
    return {
      fileDescriptorResponse: {
        fileDescriptorProto: unsent.map(({ descriptor }) => Uint8Array.fromBase64(descriptor)),
      },
    };
  }
}

function notFound(what: string): ServerReflectionResponseInit {
  return failed(StatusCode.NOT_FOUND, `The server describes no ${what} of that name`);
}

function failed(errorCode: number, errorMessage: string): ServerReflectionResponseInit {
  return { errorResponse: { errorCode, errorMessage } };
}
