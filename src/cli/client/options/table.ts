/** The options of the commands that call servers, each one entry. @module */
import {
  choice,
  count,
  duration,
  file,
  flag,
  type Kind,
  type OptionTable,
  resolvePath,
  type Sections,
  size,
  text,
} from "../../../config/mod.ts";
import { stackChoices } from "../../../grpc/stacks/mod.ts";

/** The most repeats of one call. To wait longer for a server, there is `--wait-ready`. */
const MAX_RETRIES = 20;

/** The options with addresses. One of a flag replaces all addresses of weaker sources. */
const addresses = ["to", "tcp", "vsock", "unix"];

/** The options that turn TLS on. */
const tlsNames = ["tls", "tlsCa", "tlsCert", "tlsKey", "tlsCrl", "tlsMin"];

/** The sections of a context. */
export const clientSections = {
  "": { title: "Contexts", about: "The options of a context." },
  tls: { title: "Contexts: TLS", about: "TLS of a context." },
} as const satisfies Sections;

/** A header, or `@FILE`: a file with a header on each line. The file may be a credential of systemd. */
const header: Kind<string> = {
  ...text("<name: value>", "x-team: builds"),
  parse: (value) => value.startsWith("@") ? `@${file.parse(value.slice(1))}` : value,
  paths: {
    of: (value) => value.replace(/^@/, ""),
    resolve: (value, folder) =>
      value.startsWith("@") ? `@${resolvePath(value.slice(1), folder)}` : value,
  },
};

export const clientOptions = {
  to: {
    flag: "--to",
    path: "to",
    kind: text("<address>", "signer.example.org:50051"),
    help: "server to call",
    repeatable: true,
    replaces: addresses,
  },
  tcp: {
    flag: "--tcp",
    path: "tcp",
    kind: text("<host:port>", "127.0.0.1:50051"),
    help: "the same for a TCP address",
    repeatable: true,
    replaces: addresses,
  },
  vsock: {
    flag: "--vsock",
    path: "vsock",
    kind: text("<cid:port>", "16:5000"),
    help: "the same for AF_VSOCK",
    repeatable: true,
    replaces: addresses,
  },
  unix: {
    flag: "--unix",
    path: "unix",
    kind: text("<path>", "/run/signer/signer.sock"),
    help: "the same for a Unix socket",
    repeatable: true,
    replaces: addresses,
  },
  header: {
    flag: "--header",
    short: "-H",
    path: "header",
    kind: header,
    help: "metadata to send, ${ENV} expanded; secret headers: @FILE",
    repeatable: true,
    secret: true,
  },
  connectTimeout: {
    flag: "--connect-timeout",
    path: "connect-timeout",
    kind: duration,
    help: "time limit of connecting",
    unset: "that of the call",
  },
  lb: {
    flag: "--lb",
    path: "lb",
    kind: choice("<policy>", ["round_robin", "pick_first"]),
    help: "load balancing over several addresses",
    unset: "round_robin",
  },
  stack: {
    flag: "--stack",
    path: "stack",
    kind: choice("<name>", stackChoices),
    help: "gRPC implementation",
    default: "auto",
  },
  tls: {
    flag: "--tls",
    path: "tls.system",
    kind: flag,
    help: "use TLS, with the CA certificates of the system",
    replaces: ["plaintext"],
  },
  tlsCa: {
    flag: "--tls-ca",
    path: "tls.ca",
    kind: file,
    example: "ca.pem",
    help: "CA certificates in PEM that the server's must lead to; implies --tls",
    replaces: ["plaintext"],
  },
  tlsCert: {
    flag: "--tls-cert",
    path: "tls.cert",
    kind: file,
    example: "client.pem",
    help: "client certificate chain in PEM; implies --tls",
    replaces: ["plaintext"],
  },
  tlsKey: {
    flag: "--tls-key",
    path: "tls.key",
    kind: file,
    example: "client.key",
    help: "private key of the client certificate",
    replaces: ["plaintext"],
  },
  tlsCrl: {
    flag: "--tls-crl",
    path: "tls.crl",
    kind: file,
    example: "ca.crl",
    help: "certificate revocation list in PEM of the server's CA; implies --tls",
    replaces: ["plaintext"],
  },
  tlsMin: {
    flag: "--tls-min",
    path: "tls.min",
    kind: choice("<version>", ["1.2", "1.3"]),
    help: "lowest version of TLS",
    unset: "1.3",
    replaces: ["plaintext"],
  },
  authority: {
    flag: "--authority",
    path: "authority",
    kind: text("<name>", "signer.example.org"),
    help: "name that the server's certificate must have, and :authority",
  },
  plaintext: {
    flag: "--plaintext",
    path: "plaintext",
    kind: flag,
    help: "use no TLS (the default)",
    replaces: tlsNames,
  },
  tokenFile: {
    flag: "--token-file",
    path: "token-file",
    kind: file,
    example: "token",
    help: "file of the token to send as authorization: Bearer",
  },
  allowPlaintextToken: {
    flag: "--allow-plaintext-token",
    path: "allow-plaintext-token",
    kind: flag,
    help: "send the token without TLS over a network as well",
  },
  deadline: {
    flag: "--deadline",
    path: "deadline",
    kind: duration,
    help: "time limit of each call",
    unset: "10s for unary calls, none for streams",
  },
  maxMessageSize: {
    flag: "--max-message-size",
    path: "max-message-size",
    kind: size,
    help: "limit of a response",
    unset: "4MiB",
  },
  waitReady: {
    flag: "--wait-ready",
    path: "wait-ready",
    kind: flag,
    help: "wait for the server until the deadline",
  },
  retries: {
    flag: "--retries",
    path: "retries",
    kind: count(0, MAX_RETRIES),
    help: "retry idempotent calls that fail with UNAVAILABLE",
    unset: "0",
  },
  output: {
    flag: "--output",
    path: "output",
    kind: choice("<form>", ["text", "json", "raw"]),
    help: "form of the result",
    unset: "text",
  },
  verbose: {
    flag: "--verbose",
    short: "-v",
    path: "verbose",
    kind: flag,
    help: "show metadata and timing on standard error",
  },
} as const satisfies OptionTable;
