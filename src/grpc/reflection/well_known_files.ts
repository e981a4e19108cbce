/** The files of `google/protobuf/`, which compilers contain and servers often do not send. @module */
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import * as wkt from "@bufbuild/protobuf/wkt";

const files: ReadonlyMap<string, FileDescriptorProto> = new Map(
  [
    wkt.file_google_protobuf_any,
    wkt.file_google_protobuf_api,
    wkt.file_google_protobuf_descriptor,
    wkt.file_google_protobuf_duration,
    wkt.file_google_protobuf_empty,
    wkt.file_google_protobuf_field_mask,
    wkt.file_google_protobuf_source_context,
    wkt.file_google_protobuf_struct,
    wkt.file_google_protobuf_timestamp,
    wkt.file_google_protobuf_type,
    wkt.file_google_protobuf_wrappers,
  ].map(({ proto }) => [proto.name, proto]),
);

/** Returns the library's copy of a file such as `google/protobuf/timestamp.proto`. */
export function wellKnownFile(name: string): FileDescriptorProto | undefined {
  return files.get(name);
}
