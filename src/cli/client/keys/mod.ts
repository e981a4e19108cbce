/** The choice of a key of the server, and of an algorithm. @module */
export {
  type Choice,
  chooseKey,
  defaultAlgorithm,
  hashOf,
  type KeyOptions,
  type KeySelector,
  keyTypeName,
  namedKey,
  unspecified,
} from "./key_choice.ts";
