/** Sockets as streams of Node.js. A room of its own, as node:stream takes memory of each thread that loads it. @module */
export * from "./duplex.ts";
