/** The reference stack: gRPC by `@grpc/grpc-js`. @module */
export { openChannel } from "./channel.ts";
export { openGrpcJsServer } from "./server.ts";
