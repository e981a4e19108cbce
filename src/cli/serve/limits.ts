/** The options of `serve` that limit its peers. @module */
import { Option } from "commander";
import { DEFAULT_REQUEST_LIMITS, type RequestLimits } from "../../api/mod.ts";
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../../grpc/mod.ts";
import { formatDuration, parseTimeLimit, parseTimeLimitOrOff } from "../duration.ts";
import { usageError } from "../exit.ts";
import { formatSize, parseSize } from "../size.ts";
import { wholeNumber } from "../whole_number.ts";

/** The heading of the options in the help. */
const GROUP = "Limits:";

/** The limits of a server. */
export type Limits = ServerLimits & RequestLimits;

const defaults: Limits = { ...DEFAULT_SERVER_LIMITS, ...DEFAULT_REQUEST_LIMITS };

/** A kind of limit: the name of its argument, the parser, and the formatter of the default. */
interface Kind {
  readonly argument: string;
  readonly parse: (text: string) => number;
  readonly format: (value: number) => string;
}

/** The largest number that a count can be set to. */
const MAX_COUNT = 1_000_000;

const count: Kind = { argument: "<n>", parse: wholeNumber(1, MAX_COUNT), format: String };
const size: Kind = { argument: "<size>", parse: parseSize, format: formatSize };
const time: Kind = { argument: "<duration>", parse: parseTimeLimit, format: formatDuration };
const timeOrOff: Kind = {
  argument: "<duration>",
  parse: parseTimeLimitOrOff,
  format: (ms) => ms === Infinity ? "off" : formatDuration(ms),
};

/** Each limit with its option, in the order of the help. */
const rows: { readonly [L in keyof Limits]: readonly [flag: string, kind: Kind, help: string] } = {
  maxConnections: ["--max-connections", count, "maximum connections"],
  maxConnectionsPerPeer: [
    "--max-connections-per-peer",
    count,
    "maximum connections of one peer: an IP address, a vsock CID or a Unix user",
  ],
  maxSilentConnectionsPerPeer: [
    "--max-silent-connections",
    count,
    "maximum connections of one peer without a call, on a thread",
  ],
  maxHandshakes: [
    "--max-handshakes",
    count,
    "maximum concurrent TLS handshakes on a thread",
  ],
  handshakeTimeoutMs: ["--handshake-timeout", time, "time limit of a handshake"],
  maxConcurrentStreams: [
    "--max-streams",
    count,
    "maximum concurrent calls on a connection",
  ],
  maxRequestBytes: ["--max-message-size", size, "largest request message"],
  maxBatchItems: ["--max-batch", count, "maximum requests in a SignBatch"],
  maxRequestMs: ["--request-timeout", time, "time limit of receiving a request"],
  maxHeldBytes: ["--max-held", size, "maximum memory for requests on a thread"],
  maxHeldBytesPerPeer: ["--max-held-per-peer", size, "maximum share of a peer in it"],
  maxHeldBytesPerConnection: [
    "--max-held-per-connection",
    size,
    "maximum share of a connection in it",
  ],
  maxUnreadBytes: ["--max-unread", size, "maximum memory for unread responses on a thread"],
  maxUnreadBytesPerPeer: ["--max-unread-per-peer", size, "maximum share of a peer in it"],
  maxConnectionUnreadBytes: [
    "--max-unread-per-connection",
    size,
    "unread responses of a connection above which its calls wait",
  ],
  maxQueuedCalls: ["--max-queue", count, "maximum queued calls on a thread"],
  maxQueuedMs: ["--max-queue-time", time, "maximum expected time of the queued work on a thread"],
  maxConnectionAgeMs: [
    "--max-connection-age",
    timeOrOff,
    "age at which a connection is drained, or off",
  ],
  maxConnectionAgeGraceMs: [
    "--max-connection-grace",
    timeOrOff,
    "time limit of its calls after that, or off",
  ],
  maxConnectionIdleMs: [
    "--max-connection-idle",
    timeOrOff,
    "time without a call after which a connection is drained, or off",
  ],
  keepaliveMs: [
    "--keepalive",
    timeOrOff,
    "time without input after which a peer is sent a PING, or off",
  ],
  keepaliveTimeoutMs: ["--keepalive-timeout", time, "time limit of the answer to that PING"],
  minPingIntervalMs: [
    "--min-ping-interval",
    time,
    "shortest time between PINGs of a peer with calls; 24 times as long without",
  ],
};

/** The limits that only the native stack knows. The help says so. */
const nativeOnly: ReadonlySet<keyof Limits> = new Set([
  "maxUnreadBytes",
  "maxUnreadBytesPerPeer",
  "minPingIntervalMs",
]);

/** Groups of limits in descending order: a later one is a share of those before it. */
const shares: readonly (readonly (keyof Limits)[])[] = [
  ["maxConnections", "maxConnectionsPerPeer", "maxSilentConnectionsPerPeer"],
  ["maxHeldBytes", "maxHeldBytesPerPeer", "maxHeldBytesPerConnection", "maxRequestBytes"],
  ["maxUnreadBytes", "maxUnreadBytesPerPeer", "maxConnectionUnreadBytes"],
];

const names = Object.keys(rows) as (keyof Limits)[];

/** The options, whose values commander stores by `Option.attributeName()`. */
export function limitOptions(): Option[] {
  return names.map(optionOf);
}

function optionOf(name: keyof Limits): Option {
  const [flag, { argument, parse, format }, help] = rows[name];
  const stack = nativeOnly.has(name) ? " (native stack)" : "";
  const value = defaults[name];
  return new Option(`${flag} ${argument}`, `${help}${stack}`)
    .argParser(parse)
    .default(value, format(value))
    .helpGroup(GROUP);
}

/**
 * The limits that the options give. A share that has its default is reduced to the limit that it is a share of.
 *
 * @throws {CliError} for a share that is larger than that limit
 */
export function limitsOf(options: object): Limits {
  const values = options as Record<string, number>;
  const limits: { -readonly [L in keyof Limits]: number } = { ...defaults };
  for (const name of names) limits[name] = values[optionOf(name).attributeName()];
  for (const group of shares) {
    for (let i = 1; i < group.length; i++) {
      const [whole, part] = [group[i - 1], group[i]];
      if (limits[part] <= limits[whole]) continue;
      // A message has to fit: its default is no share to be reduced.
      if (limits[part] !== defaults[part] || part === "maxRequestBytes") {
        throw tooLarge(part, whole, limits);
      }
      limits[part] = limits[whole];
    }
  }
  return limits;
}

function tooLarge(part: keyof Limits, whole: keyof Limits, limits: Limits): Error {
  const text = (name: keyof Limits) => {
    const [flag, { format }] = rows[name];
    return `${flag} ${format(limits[name])}`;
  };
  return usageError(
    `${text(part)} is more than ${text(whole)}`,
    `Raise ${rows[whole][0]}, or lower ${rows[part][0]}`,
  );
}
