import type { RateLimiters } from "./_rate_limiter.ts";
import type { Http2Config } from "./config.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { ConnectionStatistics } from "./http2_connection.ts";
import type { OutputBuffer } from "./output_buffer.ts";

/** The parts of a connection that are handed to `Streams`, `Send`, `Receive` and `Control`. */
export interface ConnectionParts<User> {
  readonly config: Http2Config;
  readonly handler: ConnectionHandler<User>;
  readonly output: OutputBuffer;
  readonly rates: RateLimiters;
  readonly statistics: ConnectionStatistics;
}
