/** The compiler of `.proto` files. Loads protobufjs, so import it late. @module */
export { compileProtoFiles } from "./compile.ts";
