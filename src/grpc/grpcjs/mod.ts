/** The reference stack: gRPC by `@grpc/grpc-js`. @module */
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

export { openChannel } from "./channel.ts";
export { openGrpcJsServer } from "./server.ts";

// GRPC_TRACE and GRPC_VERBOSITY would make grpc-js print the headers of each request, with its token, on standard error.
setLogVerbosity(logVerbosity.ERROR);
