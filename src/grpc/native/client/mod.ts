/** The native client: a channel over connections of its own. @module */
export * from "./channel.ts";
