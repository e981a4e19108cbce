import assert from "node:assert/strict";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";
import type { ReflectionRequest } from "../../../src/cli/call/reflection_service.ts";
import { CliError } from "../../../src/cli/exit.ts";
import { bidi, type Service } from "../../../src/grpc/mod.ts";
import { gate } from "../../_support/gate.ts";
import { loadLibc, Served } from "../../grpc/_rig.ts";

const [test, { symbols, reflection, readFile, methodOf, Session, openGrpcJsServer, zooFiles }] =
  await gate(["net", "env", "read", "sys", "ffi"], async () => {
    loadLibc();
    return {
      symbols: await import("../../../src/cli/call/symbols.ts"),
      reflection: await import("../../../src/cli/call/reflection.ts"),
      readFile: (await import("../../../src/cli/call/descriptors.ts")).readFileDescriptor,
      methodOf: (await import("../../../src/cli/call/reflection_service.ts")).reflectionMethod,
      Session: (await import("../../../src/cli/call/session.ts")).Session,
      openGrpcJsServer: (await import("../../../src/grpc/grpcjs/mod.ts")).openGrpcJsServer,
      zooFiles: (await import("./_zoo.ts")).zooFiles,
    };
  });

/** A reflection service that answers as it is told. */
function reflecting(
  version: "v1" | "v1alpha",
  answer: (request: ReflectionRequest) => unknown,
): Service {
  return {
    definition: { ServerReflectionInfo: methodOf(version) },
    handlers: {
      ServerReflectionInfo: bidi(async function* (requests: AsyncIterable<ReflectionRequest>) {
        for await (const request of requests) yield answer(request);
      }),
    },
  };
}

function filesResponse(...files: Uint8Array[]) {
  return { fileDescriptorResponse: { fileDescriptorProto: files } };
}

/** Serves the services and gives a session with the server. */
async function sessionWith(...services: Service[]) {
  const served = await Served.by(openGrpcJsServer({ services }));
  const session = await Session.open({ to: [served.address] });
  return {
    session,
    async [Symbol.asyncDispose]() {
      session[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

async function refusal(ended: Promise<unknown>): Promise<CliError> {
  const error = await ended.then(() => assert.fail("It was found"), (error) => error);
  assert(error instanceof CliError, String(error));
  return error;
}

test("`findMethod()` finds a method of signer's own without asking the server", async () => {
  using session = await Session.open({ to: ["127.0.0.1:1"] });
  for (
    const name of [
      "signer.v1.EchoService/Echo",
      "/signer.v1.EchoService/Echo",
      "signer.v1.EchoService.Echo",
      ".signer.v1.EchoService.Echo",
    ]
  ) {
    const { declared } = await symbols.findMethod(session, name);
    assert.equal(declared.name, "signer.v1.EchoService.Echo");
  }
});

test("`findMethod()` finds a method by reflection, v1 or v1alpha", async () => {
  for (const version of ["v1", "v1alpha"] as const) {
    await using server = await sessionWith(
      reflecting(version, () => filesResponse(...zooFiles())),
    );
    const { schema, declared } = await symbols.findMethod(server.session, "zoo.v1.Keeper/Parade");
    assert.deepEqual([declared.requestStream, declared.responseStream], [true, true]);
    assert.equal(schema.callable(declared).path, "/zoo.v1.Keeper/Parade");
  }
});

test("`reflectSchema()` asks for the files that a server does not send along", async () => {
  const asked: string[] = [];
  const files = zooFiles();
  const root = files.find((file) => readFile(file).name.startsWith("zoo"))!;
  const other = files.find((file) => file !== root)!;
  const withDependency = fileProto({
    ...decodeFileProto(root),
    dependency: [readFile(other).name],
  });
  await using server = await sessionWith(
    reflecting("v1", ({ fileByFilename, fileContainingSymbol }) => {
      asked.push(fileByFilename || fileContainingSymbol!);
      return filesResponse(fileByFilename ? other : withDependency);
    }),
  );
  const schema = await reflection.reflectSchema(server.session, "zoo.v1.Animal");
  assert.deepEqual(asked, ["zoo.v1.Animal", readFile(other).name]);
  assert.equal(schema.message("google.protobuf.Timestamp").fields.length, 2);
});

test("`reflectSchema()` gives up on a server that always names one more file", async () => {
  let made = 0;
  await using server = await sessionWith(
    reflecting("v1", () => {
      made++;
      return filesResponse(
        fileProto({ name: `${made}.proto`, syntax: "proto3", dependency: [`${made + 1}.proto`] }),
      );
    }),
  );
  const error = await refusal(reflection.reflectSchema(server.session, "a.B"));
  assert.equal(error.message, "The server describes a.B in over 500 files");
  assert.equal(made, 501);
});

test("`reflectSchema()` says so when the server keeps a file back", async () => {
  await using server = await sessionWith(
    reflecting("v1", ({ fileByFilename }) =>
      filesResponse(
        fileProto({ name: fileByFilename ? "other.proto" : "a.proto", dependency: ["b.proto"] }),
      )),
  );
  const error = await refusal(reflection.reflectSchema(server.session, "a.B"));
  assert.equal(error.message, "The server does not give the file b.proto");
});

test("`findSymbol()` passes on what the server says of a symbol that it does not know", async () => {
  await using server = await sessionWith(
    reflecting("v1", () => ({
      errorResponse: { errorCode: 5, errorMessage: "no\x1b[2Jsuch symbol" },
    })),
  );
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.equal(
    error.message,
    "The server does not describe a.B: NOT_FOUND: no\\u001b[2Jsuch symbol",
  );
  assert.equal(error.exitCode, 69);
});

test("`findSymbol()` says that a server without reflection has none", async () => {
  await using server = await sessionWith({
    definition: { Other: { ...methodOf("v1"), path: "/a.B/Other" } },
    handlers: {
      Other: bidi(async function* () {}),
    },
  });
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.equal(error.message, "The server has no reflection service");
  assert.equal(error.exitCode, 76);
});

test("`findSymbol()` and `findMethod()` refuse what is none before they ask", async () => {
  using session = await Session.open({ to: ["127.0.0.1:1"] });
  for (const text of ["", "a..b", "a/b/c", "a b", "signer.v1.", "é.b"]) {
    const error = await refusal(symbols.findSymbol(session, text));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /is not the name of a symbol$/);
  }
  const error = await refusal(symbols.findMethod(session, "signer.v1.EchoService"));
  assert.equal(error.message, "signer.v1.EchoService is a service, not a method");
  assert.equal(error.hint, "Call one of its methods: signer.v1.EchoService/Echo");
});

/** descriptor.proto's own FileDescriptorProto. */
function fileProtoType(): MessageTypeDefinition<object, object> {
  const definitions = loadSync("google/protobuf/descriptor.proto");
  return definitions["google.protobuf.FileDescriptorProto"] as unknown as MessageTypeDefinition<
    object,
    object
  >;
}

function fileProto(file: object): Uint8Array {
  return fileProtoType().serialize(file);
}

function decodeFileProto(file: Uint8Array): object {
  return fileProtoType().deserialize(Buffer.from(file));
}
