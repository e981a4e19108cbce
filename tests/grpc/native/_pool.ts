import {
  openWorkerPool,
  type WorkerPoolOptions,
  type WorkerServer,
} from "../../../src/grpc/native/workers/mod.ts";
import { type Address, socketsSupported, tcpAddress } from "../../../src/net/mod.ts";
import { RawClient } from "./_raw_client.ts";
import { callFields, json, messagesOf } from "./_rig.ts";
import type { Asked } from "./_worker.ts";

socketsSupported();

/** A pool whose workers serve `_worker.ts`. */
export class PoolRig implements AsyncDisposable {
  private constructor(
    readonly pool: WorkerServer,
    readonly address: Extract<Address, { transport: "tcp" }>,
  ) {}

  static async start(
    workers: number,
    options: Partial<WorkerPoolOptions> = {},
  ): Promise<PoolRig> {
    const pool = await openWorkerPool({
      workers,
      entry: new URL("./_worker.ts", import.meta.url),
      setup: () => ({ data: "as given" }),
      ...options,
    });
    const address = await pool.listen(tcpAddress("127.0.0.1:0"));
    return new PoolRig(pool, address as Extract<Address, { transport: "tcp" }>);
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close();
  }
}

/** Calls `Unary` on a worker, and returns its response. */
export async function ask(client: RawClient, asked: Asked): Promise<unknown> {
  return messagesOf(await client.request(callFields("Unary"), [json(asked)]))[0];
}
