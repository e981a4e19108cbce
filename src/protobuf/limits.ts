/** How deep messages and groups may be nested in each other: what the official libraries allow. */
export const maxDepth = 100;

/**
 * Nested messages in all that one message may have. An empty one takes two bytes on the wire and some
 * hundred in memory, so 4 MiB could become 200. No message of ours has more than a few thousand.
 */
export const maxNestedMessages = 65_536;
