/** glibc on Linux: sockets, epoll, limits. Results are C's, or minus the errno. @module */
export * from "./aio.ts";
export * from "./constants.ts";
export * from "./descriptor.ts";
export * from "./epoll.ts";
export * from "./errno.ts";
export * from "./error.ts";
export * from "./machine.ts";
export * from "./malloc.ts";
export * from "./platform.ts";
export * from "./proc.ts";
export * from "./process.ts";
export * from "./seccomp.ts";
export * from "./signal.ts";
export * from "./sockaddr.ts";
export * from "./socket.ts";
export * from "./spawn.ts";
export * from "./vsock.ts";
export { isSupported, lastErrno } from "./_symbols.ts";
