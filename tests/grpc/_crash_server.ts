/** A grpc-js server in a child process, for tests of crashes. Prints its address. @module */
import { formatAddress, tcpAddress } from "../../src/net/mod.ts";
import { openGrpcJsServer } from "../../src/grpc/grpcjs/mod.ts";
import { echoService } from "../../src/services/echo.ts";

const server = openGrpcJsServer({ services: [echoService()] });
console.log(formatAddress(await server.listen(tcpAddress("127.0.0.1:0"))));
