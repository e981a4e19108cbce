/** The reference stack: gRPC by `@grpc/grpc-js`. @module */
export { type BalancingPolicy, type ChannelOptions, openChannel } from "./channel.ts";
export { openGrpcJsServer } from "./server.ts";
