/** The compiler of `.proto` files, against protoc. @module */
import { toJson } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { reflection, source, odd }] = await gate(
  ["read", "write", "env", "sys"],
  async () => ({
    reflection: await import("../../../src/grpc/reflection/mod.ts"),
    source: await import("../../../src/grpc/reflection/source/mod.ts"),
    odd: await import("./_odd.ts"),
  }),
);

/** Returns a descriptor as JSON without defaults, features, options of languages and empty lists. */
function comparable(file: FileDescriptorProto): unknown {
  const json = toJson(FileDescriptorProtoSchema, file);
  return JSON.parse(JSON.stringify(json, (key, value) => {
    if (key === "defaultValue" || key === "features") return undefined;
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (key === "options") return value.mapEntry || value.packed ? value : undefined;
    return key === "syntax" && value === "proto2" ? undefined : value;
  }));
}

/** Returns the resolved features of each field and enum. */
function resolved(files: FileDescriptorProto[]): string[] {
  return [...new reflection.Schema(files).registry].flatMap((declared) =>
    declared.kind === "enum"
      ? [`${declared.typeName} open: ${declared.open}`]
      : declared.kind === "message"
      ? declared.fields.map((field) =>
        `${field} presence: ${field.presence}, utf8: ${field.utf8Validation}, ` +
        `delimited: ${"delimitedEncoding" in field && field.delimitedEncoding}, ` +
        `packed: ${"packed" in field && field.packed}`
      )
      : []
  ).sort();
}

test("`compileProtoFiles()` returns the descriptors of protoc", () => {
  const theirs = reflection.readDescriptorSet(Deno.readFileSync(`${odd.oddFolder}/protoc.binpb`));
  assert.equal(theirs.length, odd.oddFiles.length);
  const ours = source.compileProtoFiles(odd.oddFiles, [odd.oddFolder]);
  for (const file of theirs) {
    const found = ours.find(({ name }) => name === file.name);
    assert.ok(found, file.name);
    assert.deepEqual(comparable(found), comparable(file), file.name);
  }
  assert.deepEqual(resolved(ours), resolved(theirs));
});

/** Compiles files in a temporary folder. */
function compile(files: Record<string, string>, name = "main.proto"): FileDescriptorProto[] {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [path, text] of Object.entries(files)) {
      Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${folder}/${path}`, text);
    }
    return source.compileProtoFiles([name], [`${folder}/none`, folder]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

test("names are resolved from the innermost scope outwards, across files", () => {
  const files = compile({
    "main.proto": `syntax = "proto3"; package a.b; import "sub/other.proto";
      message M { message T {} T inner = 1; .a.T outer = 2; O other = 3; b.M self = 4; }`,
    "sub/other.proto": 'syntax = "proto3"; package a; message T {} message O {}',
  });
  const schema = new reflection.Schema(files);
  const type = schema.registry.getMessage("a.b.M")!;
  assert.deepEqual(type.fields.map(({ message }) => message?.typeName), [
    "a.b.M.T",
    "a.T",
    "a.O",
    "a.b.M",
  ]);
});

test("the error of an invalid file names the file and the line", () => {
  const cases: [text: string, message: RegExp][] = [
    [
      'syntax = "proto3";\nmessage M {\n  string = 1;\n}',
      /^Cannot compile "main\.proto": .*line 3/,
    ],
    ['syntax = "proto3"; import "none.proto";', /^There is no file "none\.proto" in /],
    [
      'syntax = "proto3"; message M { N n = 1; }',
      /^Cannot compile "main\.proto": N, which M names, is declared nowhere$/,
    ],
    ['syntax = "proto3"; message M { string __proto__ = 1; }', /__proto__ needs --protoset$/],
    ["message M {", /^Cannot compile/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => compile({ "main.proto": text }), (error) => {
      assert.ok(error instanceof reflection.ReflectionError);
      assert.equal(error.code, "BAD_SOURCE");
      assert.match(error.message, message);
      return true;
    });
  }
});
