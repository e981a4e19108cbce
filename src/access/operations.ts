/** The operations that rules allow. @module */

/** All operations. `onKey` is true for an operation on a key. */
const operationTable = {
  /** Sign, SignBatch, SignStream. */
  "sign": { onKey: true },
  "verify": { onKey: true },
  "public-key": { onKey: true },
  /** ListKeys, which shows the keys that the caller may use. */
  "list": { onKey: false },
  /** GetServerInfo. */
  "info": { onKey: false },
  "echo": { onKey: false },
  /** ExecutePipeline, and the GetVersion of its service. */
  "pipeline": { onKey: false },
} as const;

export type Operation = keyof typeof operationTable;

/** An operation on a key. */
export type KeyOperation = {
  [O in Operation]: typeof operationTable[O]["onKey"] extends true ? O : never;
}[Operation];

export const operations = Object.keys(operationTable) as readonly Operation[];

export const keyOperations = operations.filter((name) =>
  operationTable[name].onKey
) as readonly KeyOperation[];
