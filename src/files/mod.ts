/** Files that are read: opened without waiting where a server reads them, and up to a limit. @module */
export { readAnyFile, readStream } from "./any.ts";
export { failureOf, FileError, type FileErrorCode, reasonOf } from "./errors.ts";
export { fill } from "./fill.ts";
export { openRegularFile, readRegularFile, type RegularFile } from "./regular.ts";
