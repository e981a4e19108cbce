/** Levels of messages and groups within each other: the limit of the official libraries. */
export const maxDepth = 100;

/**
 * Nested messages within one message, at all levels. An empty one takes two bytes on the wire and some
 * hundred in memory, so 4 MiB could become 200. No message of ours has more than a few thousand.
 */
export const maxNestedMessages = 65_536;

/**
 * Fields within one message, at all levels, unknown ones included. A field takes two bytes on the wire and up
 * to 100 ns to read, so 4 MiB could take 0.2 s. A full SignBatch has some 7,000.
 */
export const maxFields = 131_072;
