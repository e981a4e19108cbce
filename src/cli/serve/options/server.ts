/** The options of `serve`, without those of the audit log and the limits. @module */
import {
  badValue,
  choice,
  duration,
  file,
  filePath,
  flag,
  folder,
  type Kind,
  type OptionTable,
  parseSize,
  resolvePath,
  size,
  text,
} from "../../../config/mod.ts";
import { stackChoices } from "../../../grpc/stacks/mod.ts";
import {
  DEFAULT_LOG_LEVELS,
  formatLogLevels,
  logFormats,
  type LogLevels,
  logLevels,
  parseLogLevels,
} from "../../../telemetry/mod.ts";
import { keyType } from "../../key_type.ts";

/** Permission bits of a file, in octal. */
const mode: Kind<number> = {
  argument: "<mode>",
  parse(text) {
    if (!/^0?[0-7]{3}$/.test(text)) throw badValue("Write it in octal: 0660.");
    return parseInt(text, 8);
  },
  format: (bits) => bits.toString(8).padStart(4, "0"),
  schema: { type: "string", pattern: "^0?[0-7]{3}$", examples: ["0600", "0660"] },
};

/** 255: the number of workers that a pool can address. */
const MAX_WORKERS = 255;

/** A number of threads, or `auto`. */
const threads: Kind<number | "auto"> = {
  argument: "<n>",
  parse(text) {
    if (text === "auto") return text;
    const count = Number(text);
    if (/^[0-9]+$/.test(text) && count <= MAX_WORKERS) return count;
    throw badValue(`Use auto, or a number up to ${MAX_WORKERS}.`);
  },
  format: String,
  schema: { type: "string", pattern: "^([0-9]{1,3}|auto)$", examples: ["auto", "4"] },
};

/** 4 MiB, some 1,000 keys of RSA-4096: Linux lets a user lock 8 MiB. */
const SECURE_MEMORY = 4 * 1024 * 1024;

/** 64 KiB: a few keys, and the TLS handshakes beside them. */
const LEAST_SECURE_MEMORY = 64 * 1024;

/** The sizes that libcrypto takes are powers of two. */
const secureMemory: Kind<number> = {
  ...size,
  parse(text) {
    const bytes = parseSize(text);
    if (Number.isInteger(Math.log2(bytes)) && bytes >= LEAST_SECURE_MEMORY) return bytes;
    throw badValue("Write a power of two from 64KiB on, such as 1MiB or 8MiB.");
  },
};

/** The name of a host, which a value of Host has before the port. */
const hostName: Kind<string> = {
  ...text("<name>", "metrics.example"),
  parse(name) {
    if (/^[A-Za-z0-9_.-]+$/.test(name)) return name;
    throw badValue("Write the name of a host without a port, such as metrics.example.");
  },
};

/** Log levels, of all categories and of some. */
const levels: Kind<LogLevels> = {
  argument: "<levels>",
  schema: { type: "string", examples: ["info", "info,requests=debug"] },
  parse(text) {
    try {
      return parseLogLevels(text);
    } catch (error) {
      throw badValue((error as Error).message);
    }
  },
  format: formatLogLevels,
};

/** The options with addresses. A flag among them replaces all addresses of a file. */
const addresses = ["tcp", "vsock", "unix", "listen"];

/** A private key file with the id of its key, or the file alone. */
const namedFile: Kind<string> = {
  ...text("<id=file>", "code-signing=/etc/signer/code.pem"),
  parse(text) {
    const at = text.indexOf("=") + 1;
    return text.slice(0, at) + filePath(text.slice(at));
  },
  paths: {
    of: (text) => text.slice(text.indexOf("=") + 1),
    resolve(text, folder) {
      const at = text.indexOf("=") + 1;
      return text.slice(0, at) + resolvePath(text.slice(at), folder);
    },
  },
};

export const serverOptions = {
  tcp: {
    flag: "--tcp",
    path: "listen.tcp",
    kind: text("<host:port>", "127.0.0.1:50051"),
    help: "listen on a TCP address",
    repeatable: true,
    replaces: addresses,
    unset: "127.0.0.1:50051",
  },
  vsock: {
    flag: "--vsock",
    path: "listen.vsock",
    kind: text("<[cid:]port>", "5000"),
    help: "listen on an AF_VSOCK port",
    repeatable: true,
    replaces: addresses,
  },
  unix: {
    flag: "--unix",
    path: "listen.unix",
    kind: text("<path>", "/run/signer/signer.sock"),
    help: "listen on a Unix socket",
    repeatable: true,
    replaces: addresses,
  },
  listen: {
    flag: "--listen",
    path: "listen.address",
    kind: text("<address>", "vsock:any:5000"),
    help: "listen on an address of any form, or on an inherited socket: fd:3 or fd:NAME",
    repeatable: true,
    replaces: addresses,
  },
  unixMode: {
    flag: "--unix-mode",
    path: "listen.unix-mode",
    kind: mode,
    help: "file mode of Unix sockets, in octal",
    default: 0o600,
  },
  allowPlaintext: {
    flag: "--allow-plaintext",
    path: "listen.allow-plaintext",
    kind: flag,
    help: "listen without TLS on addresses that the network can reach",
  },

  key: {
    flag: "--key",
    path: "keys.file",
    kind: namedFile,
    help: "private key file, or folder of versions, with the id of the key",
    repeatable: true,
    reloadable: true,
  },
  keyDir: {
    flag: "--key-dir",
    path: "keys.dir",
    kind: folder,
    help: "folder of key files NAME.pem, .der or .jwk, or folders of versions NAME, with NAME as " +
      "the id; NAME.pass is the passphrase",
    reloadable: true,
    example: "/etc/signer/keys",
  },
  generate: {
    flag: "--generate",
    path: "keys.generate",
    kind: keyType,
    help: "generate a key that is lost when the process ends",
    unset: "rsa-3072 and ecdsa-p256, when no key is named",
    repeatable: true,
  },
  passphraseFile: {
    flag: "--passphrase-file",
    path: "keys.passphrase-file",
    kind: file,
    help: "file with the passphrase of encrypted keys",
    reloadable: true,
    example: "/etc/signer/passphrase",
  },
  allowInsecureKeyFiles: {
    flag: "--allow-insecure-key-files",
    path: "keys.allow-insecure-files",
    kind: flag,
    help: "accept key and token files that other users own or can read",
    reloadable: true,
  },
  provider: {
    flag: "--provider",
    path: "keys.provider",
    kind: choice("<name>", ["auto", "aws-lc", "openssl", "builtin"]),
    help: "cryptography library",
    default: "auto",
  },
  secureMemory: {
    flag: "--secure-memory",
    path: "keys.secure-memory",
    kind: secureMemory,
    help: "memory for private keys that is kept out of swap",
    default: SECURE_MEMORY,
  },

  tlsCert: {
    flag: "--tls-cert",
    path: "tls.cert",
    kind: file,
    help: "certificate chain in PEM: serve over TLS 1.3, each for the names in it",
    repeatable: true,
    reloadable: true,
    example: "/etc/signer/tls/server.pem",
  },
  tlsKey: {
    flag: "--tls-key",
    path: "tls.key",
    kind: file,
    help: "private key of the certificate, in the order of the certificates",
    repeatable: true,
    reloadable: true,
    example: "/etc/signer/tls/server.key",
  },
  tlsClientCa: {
    flag: "--tls-client-ca",
    path: "tls.client-ca",
    kind: file,
    help: "CA certificates that clients' certificates must lead to",
    reloadable: true,
    example: "/etc/signer/tls/clients.pem",
  },
  tlsClientAuth: {
    flag: "--tls-client-auth",
    path: "tls.client-auth",
    kind: choice("<mode>", ["require", "request", "none"]),
    help: "client certificates",
    unset: "require with a CA",
    reloadable: true,
  },
  tlsCrl: {
    flag: "--tls-crl",
    path: "tls.crl",
    kind: file,
    help: "certificate revocation list in PEM of the clients' CA",
    reloadable: true,
    example: "/etc/signer/tls/clients.crl",
  },
  tlsMin: {
    flag: "--tls-min",
    path: "tls.min",
    kind: choice("<version>", ["1.2", "1.3"]),
    help: "lowest version of TLS",
    default: "1.3",
    reloadable: true,
  },

  tokens: {
    flag: "--tokens",
    path: "access.tokens",
    kind: file,
    help: "file of tokens; callers send one as authorization: Bearer TOKEN",
    reloadable: true,
    example: "/etc/signer/tokens",
  },
  rules: {
    flag: "--rules",
    path: "access.rules",
    kind: file,
    help: "file of rules that grant operations and keys to callers",
    reloadable: true,
    example: "/etc/signer/rules.yaml",
  },

  reflection: {
    flag: "--no-reflection",
    path: "services.reflection",
    kind: flag,
    help: "do not serve reflection",
    default: true,
  },
  pipelines: {
    flag: "--pipelines",
    path: "services.pipelines",
    kind: flag,
    help: "serve pipelines of audio nodes, which callers declare",
  },

  stack: {
    flag: "--stack",
    path: "server.stack",
    kind: choice("<name>", stackChoices),
    help: "gRPC implementation",
    default: "auto",
  },
  workers: {
    flag: "--workers",
    path: "server.workers",
    kind: threads,
    help: "number of serving threads; 0 serves on the main thread",
    default: "auto",
  },
  pin: {
    flag: "--pin",
    path: "server.pin",
    kind: flag,
    help: "pin each worker to one CPU",
  },
  drainDelay: {
    flag: "--drain-delay",
    path: "server.drain-delay",
    kind: duration,
    help: "time at a stop in which calls are still accepted, and health is NOT_SERVING",
    default: 0,
    reloadable: true,
  },
  grace: {
    flag: "--grace",
    path: "server.grace",
    kind: duration,
    help: "time for active calls to complete at a stop",
    default: 30_000,
    reloadable: true,
  },
  watchConfig: {
    flag: "--watch-config",
    path: "server.watch-config",
    kind: flag,
    help: "reload when the configuration file, or a file that it names, changes",
  },
  metrics: {
    flag: "--metrics",
    path: "server.metrics",
    kind: text("<address>", "127.0.0.1:9464"),
    help: "serve /metrics, /healthz and /readyz over HTTP on an address",
  },
  metricsHost: {
    flag: "--metrics-host",
    path: "server.metrics-host",
    kind: hostName,
    help: "name in Host that --metrics on a loopback address accepts, besides localhost",
    repeatable: true,
  },
  control: {
    flag: "--control",
    path: "server.control",
    kind: text("<address>", "/run/signer/control.sock"),
    help: "answer signer debug on a Unix socket, for this user only",
  },

  logLevel: {
    flag: "--log-level",
    path: "log.level",
    kind: levels,
    help: `lowest level that is logged: ${logLevels.join(", ")}; also of categories, as in ` +
      "info,requests=debug",
    default: DEFAULT_LOG_LEVELS,
    reloadable: true,
  },
  logSlow: {
    flag: "--log-slow",
    path: "log.slow",
    kind: duration,
    help: "log unary calls that take as long, or longer",
  },
  logFormat: {
    flag: "--log-format",
    path: "log.format",
    kind: choice("<format>", logFormats),
    help: "format of the lines on standard error",
    default: "text",
  },
  logTo: {
    flag: "--log-to",
    path: "log.to",
    kind: text("<address>", "vsock:2:7000"),
    help: "send all of standard error to an address, such as vsock:2:7000",
  },
} as const satisfies OptionTable;
