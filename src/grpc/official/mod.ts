/**
 * Where packages of the gRPC authors plug in: services written for grpc-js, and proto-loader. To be imported
 * only where they are asked for, as they take some 6 MB of memory in each thread that does.
 *
 * @module
 */
export * from "./adopt.ts";
export * from "./packages.ts";
