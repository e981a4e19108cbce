/** Methods that are found by name at run time, and their requests in JSON. Loads `src/grpc/reflection`. @module */
export { jsonDocuments } from "./json_documents.ts";
export { withReflectionErrors } from "./reflection_failure.ts";
export { dataPieces, messages, onlyMessage } from "./requests.ts";
export { localSchema, type SchemaOptions } from "./schema.ts";
export { callableName, findMethod, findSymbol, reflectionOf } from "./symbols.ts";
