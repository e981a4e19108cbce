import { IdleConnections } from "./idle.ts";
import { ServerProcess, type Variant } from "./server.ts";

/** Opens connections to a server with workers. Returns the number of connections of each worker, sorted descending. */
export async function spread(variant: Variant, connections: number): Promise<number[]> {
  const log = await connectedLog(variant, connections);
  const counts = new Map<unknown, number>();
  // Skips warnings of the command itself.
  for (const line of log.split("\n").filter((line) => line.startsWith("{"))) {
    const { message, worker } = JSON.parse(line);
    if (message === "Connected") counts.set(worker, (counts.get(worker) ?? 0) + 1);
  }
  const counted = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (counted !== connections) {
    throw new Error(`The server's log tells of ${counted} connections, not of ${connections}`);
  }
  return Array.from({ length: variant.workers }, (_, worker) => counts.get(worker) ?? 0)
    .sort((a, b) => b - a);
}

/** Returns the debug log, with the worker of each connection, of a server with concurrent connections. */
async function connectedLog(variant: Variant, connections: number): Promise<string> {
  await using server = await ServerProcess.start(variant, "debug");
  using idle = new IdleConnections(server.port);
  await idle.grow(connections);
  await server.stop();
  return await server.log;
}
