/** The options of V8 with which this program runs. They save memory: docs/tuning.md. */
export const v8Flags = "--max-semi-space-size=2,--expose-gc,--no-short-builtin-calls";
