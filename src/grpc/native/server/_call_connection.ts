/** The part of a connection that its calls use. @module */
import type { Caller } from "../../mod.ts";
import type { Lane } from "../../scheduling/mod.ts";
import type { Account } from "./_accounts.ts";
import type { RoomWaiter } from "./_room_queue.ts";

/** The part of a connection that its calls use. */
export interface CallConnection {
  readonly account: Account;
  /** The address of the peer. */
  readonly peer: string;
  /** `identityOf()` the peer, for which limits are counted. */
  readonly identity: string | undefined;
  /** The caller as access rules see it. */
  readonly caller: Caller;
  /** The work of the connection that waits for its turn. */
  readonly lane: Lane;
  /** Schedules sending at the end of the turn, after a part of a response was written. */
  wrote(): void;
  /** Schedules sending at the end of the turn, after other frames were written, such as flow-control credit. */
  touch(): void;
  /** True while the unsent output is over `maxConnectionUnreadBytes`, and calls should add none. */
  readonly full: boolean;
  /** Calls `call.onRoom()` when the connection is no longer full, unless the call is over by then. */
  awaitRoom(call: RoomWaiter): void;
}
