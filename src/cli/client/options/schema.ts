/** The options of the commands that find methods by name. @module */
import type { Command } from "commander";
import { collect } from "../../collect.ts";

/** Adds the options that name files with descriptors, with grpcurl's names. */
export function withSchema(command: Command): Command {
  return command
    .option(
      "--protoset <file>",
      "descriptor set of protoc --descriptor_set_out; repeatable",
      collect,
    )
    .option("--proto <file>", ".proto file to use in place of reflection; repeatable", collect)
    .option("--import-path <dir>", "folder with .proto files; repeatable", collect);
}
