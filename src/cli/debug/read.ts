/** The client of a server's control socket. @module */
import { dial, NetError, parseAddress, sharedReactor } from "../../net/mod.ts";
import { toDuplex } from "../../net/duplex/mod.ts";
import { controlAddress, expectUnixSocket } from "../control_address.ts";
import { CliError, ExitCode } from "../exit.ts";

/** 5 s for the connection, and again for the description: a worker has a second to answer. */
const TIMEOUT_MS = 5_000;

/** 64 MiB: the descriptions of 255 workers with as many connections as are reported have under 60. */
const MAX_BYTES = 64 * 1024 * 1024;

const OPENING_BRACE = 0x7b;

const HINT = "Name the Unix socket of serve --control, as the user of the server or as root";

/**
 * Reads the description that a server's control socket sends.
 *
 * @throws {NetError} `BAD_ADDRESS`
 * @throws {CliError} when nothing accepts the connection, and when the answer is not a description
 */
export async function readDescription(address: string): Promise<Record<string, unknown>> {
  const place = parseAddress(controlAddress(address));
  expectUnixSocket(place);
  const socket = await dial(place, { timeout: TIMEOUT_MS }).catch((cause) => {
    if (!(cause instanceof NetError)) throw cause;
    throw new CliError(ExitCode.failed, cause.message, { cause, hint: HINT });
  });
  const connection = toDuplex(socket, sharedReactor());
  const chunks: Uint8Array[] = [];
  let size = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => connection.destroy(), TIMEOUT_MS);
    connection.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      // A server of another protocol may keep the connection open: a description is an object from its first byte on.
      if (size > MAX_BYTES || chunks[0][0] !== OPENING_BRACE) connection.destroy();
    });
    connection.on("end", () => connection.end());
    connection.on("error", () => {});
    connection.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  const text = await new Blob(chunks as BlobPart[]).text();
  try {
    const description: unknown = JSON.parse(text);
    if (typeof description === "object" && description !== null) {
      return description as Record<string, unknown>;
    }
  } catch {
    // Reported below.
  }
  const why = size === 0
    ? "The control socket closed the connection: it belongs to another user, or is busy"
    : "The answer is not the description of a server";
  throw new CliError(ExitCode.failed, `Cannot read ${address}: ${why}`, {
    hint: HINT,
  });
}
