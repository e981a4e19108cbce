/** A file of `proto/`, for clients that learn of messages at run time. */
export interface FileDescriptor {
  /** Its path below `proto/`, such as `signer/v1/keys.proto`. */
  readonly name: string;
  /** The names of the files that it imports. */
  readonly imports: readonly string[];
  /** The full names of its messages, fields, enums, enum values, services and methods. */
  readonly symbols: readonly string[];
  /** A serialized `google.protobuf.FileDescriptorProto` in Base64. */
  readonly descriptor: string;
}

/** Loads the descriptors of all files of `proto/`. Most processes never need them. */
export async function loadFileDescriptors(): Promise<readonly FileDescriptor[]> {
  const { fileDescriptors } = await import("./generated/descriptors/mod.ts");
  return fileDescriptors;
}
