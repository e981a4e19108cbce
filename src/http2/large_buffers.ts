import { BufferPool } from "./buffer_pool.ts";

/**
 * Memory of large messages on their way in and out: room for a payload of 2 ** n bytes from 16 KiB to 4 MiB, and for
 * the fields beside it. A thread keeps 8 MiB at most: the requests and responses of four calls of 1 MiB at once.
 */
export const largeBuffers = new BufferPool(
  [17_408, 34_816, 69_632, 139_264, 278_528, 557_056, 1_114_112, 2_228_224, 4_456_448],
  8 * 2 ** 20,
);
