/**
 * The recorded calls of a release: its descriptors, the requests of its client and the responses of its server. Tests
 * play them to the program of today, so that compatibility is checked without the sources of the release.
 *
 * @module
 */
import { create, type DescMethod, type Message, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, SourceCodeInfoSchema } from "@bufbuild/protobuf/wkt";
import { join } from "node:path";
import {
  messageFromJson,
  messageToJson,
  readFileDescriptor,
  Schema,
} from "../../src/grpc/reflection/mod.ts";
import { root } from "../compile/program.ts";

/** The folder of the recordings, `VERSION.json` for each release. */
const folder = join(root, "tests/compatibility/releases");

/** A message in its JSON form (protobuf's ProtoJSON guide). */
export type JsonMessage = Readonly<Record<string, unknown>>;

/** A call, with what the client sent and what the server answered. */
export interface RecordedCall {
  /** The full name of the method, such as `signer.v1.SigningService.Sign`. */
  readonly method: string;
  readonly requests: readonly JsonMessage[];
  readonly responses: readonly JsonMessage[];
  /** The status of a call that failed. */
  readonly status?: string;
  /** Fields of the responses whose values are another in each run, or on each server. */
  readonly varies?: readonly string[];
}

/** The calls of a release. */
export interface Recording {
  readonly version: string;
  /** A serialized `google.protobuf.FileDescriptorProto` in Base64 for each file of `proto/`. */
  readonly files: readonly string[];
  /** The keys of the server by their ids: PKCS#8 in Base64. They sign nothing but these calls. */
  readonly keys: Readonly<Record<string, string>>;
  readonly calls: readonly RecordedCall[];
}

/** Reads the recordings of all releases, the oldest first. */
export async function readRecordings(): Promise<readonly Recording[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const order = new Intl.Collator("en", { numeric: true });
  return await Promise.all(
    names.sort(order.compare).map(async (name) =>
      JSON.parse(await Deno.readTextFile(join(folder, name)))
    ),
  );
}

/** Writes a recording, and returns its path. */
export async function writeRecording(recording: Recording): Promise<string> {
  const path = join(folder, `${recording.version}.json`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, `${JSON.stringify(recording, undefined, 2)}\n`);
  return path;
}

/** Returns the declarations of a recording, by which its client and its server encode messages. */
export function schemaOf({ files }: Pick<Recording, "files">): Schema {
  return new Schema(files.map((file) => readFileDescriptor(Uint8Array.fromBase64(file))));
}

/** Returns the files of a recording as a serialized `google.protobuf.FileDescriptorSet`. */
export function descriptorSetOf({ files }: Recording): Uint8Array {
  const file = files.map((file) => ({
    ...readFileDescriptor(Uint8Array.fromBase64(file)),
    // buf demands the positions in the source, though it needs none: a recording has none.
    sourceCodeInfo: create(SourceCodeInfoSchema),
  }));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

/** Returns a method of a schema. */
export function methodOf(schema: Schema, name: string): DescMethod {
  const found = schema.find(name);
  if (found?.kind !== "rpc") throw new Error(`The descriptors have no method ${name}`);
  return found;
}

/** Returns the request of a method with this JSON form. */
export function requestOf({ registry }: Schema, { input }: DescMethod, json: JsonMessage): Message {
  return messageFromJson(registry, input, JSON.stringify(json));
}

/** Returns the response of a method with this JSON form. */
export function responseOf(
  { registry }: Schema,
  { output }: DescMethod,
  json: JsonMessage,
): Message {
  return messageFromJson(registry, output, JSON.stringify(json));
}

/** Returns the JSON form of a request of a method. */
export function requestJson(
  { registry }: Schema,
  { input }: DescMethod,
  message: Message,
): JsonMessage {
  return JSON.parse(messageToJson(registry, input, message));
}

/** Returns the JSON form of a response of a method. */
export function responseJson(
  { registry }: Schema,
  { output }: DescMethod,
  message: Message,
): JsonMessage {
  return JSON.parse(messageToJson(registry, output, message));
}
