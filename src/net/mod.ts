/** Addresses, sockets, listeners and dialers for tcp, unix, vsock and hybrid vsock. @module */
export * from "./acceptor.ts";
export * from "./address.ts";
export * from "./dialer.ts";
export * from "./errors.ts";
export { formatIp, parseIp } from "./ip.ts";
export { prepareInherited } from "./inherited.ts";
export * from "./listener.ts";
export * from "./peer.ts";
export { identityOf } from "./peer_identity.ts";
export { isLocalPeer, isLoopbackHost } from "./peer_locality.ts";
export * from "./poller.ts";
export * from "./reactor.ts";
export { request } from "./request.ts";
export { resolveAddress } from "./resolve.ts";
export * from "./socket.ts";
export * from "./doctor_checks.ts";
export type { Stream } from "./stream.ts";
export * from "./tls/mod.ts";
