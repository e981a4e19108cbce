/** The keys of `serve`: files, folders, versions. @module */
export { type KeyOptions, type LoadedKeys, loadKeys, reloadKeys, warnOfGenerated } from "./load.ts";
