/**
 * Configuration: tables of options, the kinds of their values, the parsers of these, the environment, and the order of
 * the sources. `files` reads files.
 *
 * @module
 */
export { formatDuration, parseDuration } from "./duration.ts";
export { readEnvironment, variableOf } from "./environment.ts";
export { badValue, ConfigError } from "./error.ts";
export {
  describeBadValue,
  formatSource,
  formatValue,
  type Given,
  type GivenValues,
  merge,
  parseText,
  type Reading,
  type Source,
  withDefaults,
} from "./given.ts";
export * from "./kinds.ts";
export {
  type ConfigOption,
  describe,
  isSwitch,
  keyOf,
  oppositeOf,
  type OptionTable,
  sectionOf,
  type Sections,
  switchValue,
  type ValuesOf,
} from "./option.ts";
export { filePath, resolvePath } from "./paths.ts";
export { yamlValue } from "./scalar.ts";
export { formatSize, parseSize } from "./size.ts";
export { wholeNumber } from "./whole_number.ts";
