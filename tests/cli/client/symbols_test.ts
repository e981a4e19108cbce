/** Symbols by name, from the contract and from servers with reflection. @module */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import assert from "node:assert/strict";
import type { ReflectionRequest } from "../../../src/grpc/reflection/mod.ts";
import { CliError } from "../../../src/cli/exit.ts";
import { bidi, type Service } from "../../../src/grpc/mod.ts";
import { gate } from "../../_support/gate.ts";
import { loadLibc, Served } from "../../grpc/_rig.ts";

const [test, { symbols, reflection, Session, openGrpcJsServer, zooFiles }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => {
    loadLibc();
    return {
      symbols: await import("../../../src/cli/client/methods/symbols.ts"),
      reflection: await import("../../../src/grpc/reflection/mod.ts"),
      Session: (await import("../../../src/cli/client/session.ts")).Session,
      openGrpcJsServer: (await import("../../../src/grpc/grpcjs/mod.ts")).openGrpcJsServer,
      zooFiles: (await import("../../grpc/reflection/_zoo.ts")).zooFiles,
    };
  },
);

/** Returns a reflection service with the given responses. */
function reflecting(
  version: "v1" | "v1alpha",
  answer: (request: ReflectionRequest) => unknown,
): Service {
  return {
    definition: { ServerReflectionInfo: reflection.reflectionMethod(version) },
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

/** Serves the services and opens a session with the server. */
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

async function refusal(ended: Promise<unknown>, what = ""): Promise<CliError> {
  const error = await ended.then(() => assert.fail(`It was found: ${what}`), (error) => error);
  assert(error instanceof CliError, String(error));
  return error;
}

test("`findMethod()` finds a method of signer's contract without a request", async () => {
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
    assert.equal(String(declared), "rpc signer.v1.EchoService.Echo");
  }
});

test("`findMethod()` finds a method by reflection, v1 or v1alpha", async () => {
  for (const version of ["v1", "v1alpha"] as const) {
    await using server = await sessionWith(
      reflecting(version, () => filesResponse(...zooFiles())),
    );
    const { schema, declared } = await symbols.findMethod(server.session, "zoo.v1.Keeper/Parade");
    assert.equal(declared.methodKind, "bidi_streaming");
    assert.equal(schema.find("zoo.v1.Keeper.Parade"), declared);
    assert.equal(reflection.callable(declared).path, "/zoo.v1.Keeper/Parade");
  }
});

test("imported files that the server does not send with a symbol are requested by name", async () => {
  const asked: string[] = [];
  const dependency = fileProto({ name: "other.proto", messageType: [{ name: "Other" }] });
  const root = fileProto({
    name: "a.proto",
    package: "a",
    dependency: ["other.proto", "google/protobuf/timestamp.proto"],
    messageType: [{ name: "B" }],
  });
  await using server = await sessionWith(
    reflecting("v1", ({ fileByFilename, fileContainingSymbol }) => {
      asked.push(fileByFilename || fileContainingSymbol!);
      return filesResponse(fileByFilename ? dependency : root);
    }),
  );
  const { schema } = await symbols.findSymbol(server.session, "a.B");
  // The client has the well-known files itself.
  assert.deepEqual(asked, ["a.B", "other.proto"]);
  assert.ok(schema.find("Other"));
  assert.ok(schema.find("google.protobuf.Timestamp"));
});

test("an endless chain of imported files from a server is an error", async () => {
  let made = 0;
  await using server = await sessionWith(
    reflecting("v1", () => {
      made++;
      return filesResponse(
        fileProto({ name: `${made}.proto`, dependency: [`${made + 1}.proto`] }),
      );
    }),
  );
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.match(error.message, /^The server describes a\.B in over 500 files or 16777216 bytes$/);
  assert.equal(made, 501);
});

test("an imported file that the server does not send is an error with its name", async () => {
  await using server = await sessionWith(
    reflecting("v1", ({ fileByFilename }) =>
      filesResponse(
        fileProto({ name: fileByFilename ? "other.proto" : "a.proto", dependency: ["b.proto"] }),
      )),
  );
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.equal(error.message, "The server does not give the file b.proto");
});

test("a method is found on Python servers, which look up services by name but not methods", async () => {
  const asked: string[] = [];
  await using server = await sessionWith(
    reflecting("v1", ({ fileContainingSymbol }) => {
      asked.push(fileContainingSymbol!);
      return fileContainingSymbol === "zoo.v1.Keeper" ? filesResponse(...zooFiles()) : notFound();
    }),
  );
  const { declared } = await symbols.findMethod(server.session, "zoo.v1.Keeper/Feed");
  assert.equal(declared.name, "Feed");
  assert.deepEqual(asked, ["zoo.v1.Keeper.Feed", "zoo.v1.Keeper"]);
  const error = await refusal(symbols.findMethod(server.session, "zoo.v1.Keeper/Fed"));
  assert.equal(error.exitCode, 69);
});

test("the server's error for an unknown symbol is passed on", async () => {
  await using server = await sessionWith(reflecting("v1", () => notFound("no such symbol")));
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.equal(error.message, "The server does not describe a.B: NOT_FOUND: no such symbol");
  assert.equal(error.exitCode, 69);
});

test("a status in a reflection response that gRPC does not define is UNKNOWN", async () => {
  for (const errorCode of [0, 192, -1, 2 ** 31 - 1]) {
    await using server = await sessionWith(
      reflecting("v1", () => ({ errorResponse: { errorCode, errorMessage: "" } })),
    );
    assert.equal((await refusal(symbols.findSymbol(server.session, "a.B"))).exitCode, 66);
  }
});

test("invalid descriptors are an error", async () => {
  const cases: [what: string, ...files: Uint8Array[]][] = [
    ["no descriptor", Uint8Array.of(0xff, 0xff)],
    [
      "names that are none",
      fileProto({
        name: "a.proto",
        package: "a",
        messageType: [{ name: "B\x1b]0;title\x07" }],
      }),
    ],
    [
      "types that are nowhere",
      fileProto({
        name: "a.proto",
        package: "a",
        messageType: [{
          name: "B",
          field: [{ name: "c", number: 1, label: 1, type: 11, typeName: ".a.\x1b[2J" }],
        }],
      }),
    ],
    [
      "a service whose messages are nowhere",
      fileProto({
        name: "a.proto",
        package: "a",
        service: [{ name: "B", method: [{ name: "C", inputType: ".x", outputType: ".y" }] }],
      }),
    ],
    [
      "files that import each other",
      fileProto({ name: "a.proto", dependency: ["b.proto"] }),
      fileProto({ name: "b.proto", dependency: ["a.proto"] }),
    ],
  ];
  for (const [what, ...files] of cases) {
    await using server = await sessionWith(reflecting("v1", () => filesResponse(...files)));
    const error = await refusal(symbols.findSymbol(server.session, "a.B"), what);
    assert.equal(error.exitCode, 1, what);
    assert.match(error.hint!, /--protoset/, what);
  }
});

test("a server without reflection is an error with a hint", async () => {
  await using server = await sessionWith({
    definition: { Other: { ...reflection.reflectionMethod("v1"), path: "/a.B/Other" } },
    handlers: {
      Other: bidi(async function* () {}),
    },
  });
  const error = await refusal(symbols.findSymbol(server.session, "a.B"));
  assert.equal(error.message, "The server has no reflection service");
  assert.equal(error.exitCode, 76);
});

test("`findSymbol()` and `findMethod()` refuse a malformed name before any request", async () => {
  using session = await Session.open({ to: ["127.0.0.1:1"] });
  for (const text of ["", "a..b", "a/b/c", "a b", "signer.v1.", "é.b"]) {
    const error = await refusal(symbols.findSymbol(session, text));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /is not the name of a symbol$/);
  }
  const service = await refusal(symbols.findMethod(session, "signer.v1.EchoService"));
  assert.equal(service.message, "signer.v1.EchoService is a service, not a method");
  assert.equal(service.hint, "Call one of its methods: signer.v1.EchoService/Echo");
  const method = await refusal(symbols.findMethod(session, "signer.v1.EchoService/Ehco"));
  assert.equal(method.message, "signer.v1.EchoService has no method Ehco");
  assert.equal(method.hint, "Did you mean signer.v1.EchoService/Echo?");
});

function notFound(errorMessage = "") {
  return { errorResponse: { errorCode: 5, errorMessage } };
}

function fileProto(file: MessageInitShape<typeof FileDescriptorProtoSchema>): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file));
}
