/** Descriptors that are read from files, in place of the server's reflection. @module */
import { readDescriptorSet, Schema } from "../../../grpc/reflection/mod.ts";
import { usageError } from "../../exit.ts";
import { readFile } from "../../read_file.ts";
import { withReflectionErrors } from "./reflection_failure.ts";

/** Options that name files with descriptors, used in place of the server's reflection. */
export interface SchemaOptions {
  readonly protoset?: readonly string[];
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
}

/**
 * Reads the descriptors that the options name, or returns undefined without such options.
 *
 * @throws {CliError}
 */
export async function localSchema(options: SchemaOptions): Promise<Schema | undefined> {
  const { protoset = [], proto = [], importPath = [] } = options;
  if (protoset.length > 0 && proto.length > 0) {
    throw usageError("--protoset and --proto cannot be given together");
  }
  if (importPath.length > 0 && proto.length === 0) {
    throw usageError("--import-path is for --proto, which is not given");
  }
  if (protoset.length + proto.length === 0) return undefined;
  if (proto.length > 0) {
    const { compileProtoFiles } = await import("../../../grpc/reflection/source/mod.ts");
    return withReflectionErrors(() => new Schema(compileProtoFiles(proto, importPath)));
  }
  return withReflectionErrors(() =>
    new Schema(protoset.flatMap((file) => readDescriptorSet(readFile(file))))
  );
}
