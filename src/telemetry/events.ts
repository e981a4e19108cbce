/**
 * All events of the program's logs: the message of a line is the name of its event, and has no values in it. Values
 * are fields. `docs/logs.md` lists the same, and a test compares them; loggers take no other message.
 *
 * @module
 */
import type { Level, LogCategory } from "./levels.ts";

/** An event: its categories and levels, and its meaning. */
export interface LogEventDescription {
  readonly categories: readonly LogCategory[];
  readonly levels: readonly Level[];
  readonly help: string;
}

function event(
  categories: LogCategory | readonly LogCategory[],
  levels: Level | readonly Level[],
  help: string,
): LogEventDescription {
  return { categories: [categories].flat(), levels: [levels].flat(), help };
}

/** The events by name. */
export const events = {
  "Request served": event("requests", "debug", "A call has ended with OK, or was cancelled."),
  "Request failed": event(
    "requests",
    "info",
    "A call has ended with another status than OK and CANCELLED.",
  ),
  "Request was slow": event(
    "requests",
    "info",
    "A unary call has taken as long as `--log-slow` or longer.",
  ),

  "Serving": event("serve", "info", "The server takes calls: its version, stack and keys."),
  "Serving metrics": event("serve", "info", "The pages of `--metrics` are served."),
  "Draining": event("serve", "info", "A signal stops the server. It accepts no new connections."),
  "Stopped": event(
    "serve",
    "info",
    "The last call has ended or was cut off: the numbers of both since the signal.",
  ),
  "Stopped before it served": event("serve", "info", "A signal has come during the start."),
  "Serving the control socket": event(
    "serve",
    "info",
    "`--control` is served, for `signer debug`.",
  ),
  "A connection to the control socket is refused: another user": event(
    "serve",
    "warning",
    "Only the user of the server and root may ask it to describe itself.",
  ),
  "The server cannot be described": event(
    "serve",
    "error",
    "A fault of the server, with the error.",
  ),
  "A drain cannot be announced": event(
    "serve",
    "error",
    "A message about the drain could not be sent to a worker.",
  ),
  "The delay of the drain is skipped": event(
    "serve",
    "info",
    "A second signal has come in the time of `--drain-delay`.",
  ),
  "Calls are cut off": event("serve", "warning", "A second signal has come while calls were open."),
  "Sockets of the service manager are not used: no option names them": event(
    "serve",
    "warning",
    "Socket activation has passed more sockets than the options use.",
  ),
  "A worker does not answer: the service manager gets no keep-alive message": event(
    "serve",
    "error",
    "The watchdog of the service manager will end the process.",
  ),
  "The service manager cannot be notified": event(
    "serve",
    "warning",
    "sd_notify has failed, with the error.",
  ),
  "Keys read again": event("serve", "info", "A reload has replaced the keys."),
  "A file of the key folder is skipped": event(
    "serve",
    "warning",
    "A reload has found no private key in a file, or no version in a folder.",
  ),
  "Certificates read again": event("serve", "info", "A reload has replaced the certificates."),
  "Access policy read again": event("serve", "info", "A reload has replaced tokens and rules."),
  "Configuration read again": event(
    "serve",
    "info",
    "A reload has read the configuration file: the options whose new values take effect.",
  ),
  "Changed options need a restart": event(
    "serve",
    "warning",
    "A reload has found new values of options that cannot change in a running server.",
  ),
  "Files are looked at once a minute only: they cannot be watched": event(
    "serve",
    "warning",
    "inotify has failed for `--watch-config`.",
  ),
  "Keys, certificates, tokens and rules stay as they are: a file could not be read again": event(
    "serve",
    "error",
    "A reload has failed, and has changed nothing.",
  ),
  "A reload could not be completed: restart the server": event(
    "serve",
    "error",
    "A fault of the server, with the error: threads may serve with different keys.",
  ),
  "Nothing to read again: no keys, certificates, tokens or rules came from a file": event(
    "serve",
    "warning",
    "A reload was asked for, but the server has read no file.",
  ),
  "The keys of session tickets stay": event(
    "serve",
    "error",
    "Their rotation, twice a day, has failed, with the error.",
  ),
  "A TLS certificate expires soon": event(
    "serve",
    ["info", "warning", "error"],
    "A certificate in use expires within 30 days, 7 days, or 1 day. Logged once a day.",
  ),
  "A TLS certificate has expired": event("serve", "error", "A certificate in use has expired."),
  "A revocation list expires soon": event(
    "serve",
    "warning",
    "The list of an issuer is in the last quarter of its validity, and in its last 7 days. Logged once a day.",
  ),
  "A revocation list has expired": event(
    "serve",
    "error",
    "Clients with certificates of the issuer are refused. Logged then and once a day.",
  ),
  "A key will soon have no version that signs": event(
    "serve",
    ["info", "warning", "error"],
    "The last version of a key stops signing within 30 days, 7 days, or 1 day. Logged once a day.",
  ),
  "A key has no version that signs now": event("serve", "error", "Logged once a day."),
  "A call was refused": event(
    "serve",
    "warning",
    "Access control has refused a call. At a bounded rate, also of each peer.",
  ),
  "A call failed inside the server": event(
    "serve",
    "error",
    "A fault of the server, with the error. The caller gets INTERNAL and the request id.",
  ),
  "The serving process ended by a signal and is started again": event(
    "serve",
    "error",
    "A crash of `--stack grpc-js`. Generated keys are new.",
  ),
  "The worker of pipelines has failed and is replaced": event(
    "serve",
    "error",
    "Its executions have ended with UNAVAILABLE.",
  ),
  "Uncaught": event("serve", "error", "An error that no call has caught."),
  "A page cannot be made": event("serve", "error", "A page of `--metrics` has failed."),
  "Open files": event("serve", "debug", "The limit of open files, after it was raised."),
  "The limit of open files is too low for --max-connections": event(
    "serve",
    "warning",
    "The server takes fewer connections. Raise the limit to `needed`.",
  ),
  "The limit of open files cannot be raised": event(
    "serve",
    "warning",
    "The server may take fewer connections than `--max-connections`.",
  ),
  "System calls are not restricted: the kernel takes no seccomp filter": event(
    "serve",
    "warning",
    "The server runs with one protection less.",
  ),
  "The server runs as root, outside of a guest and of a container: use a user of its own": event(
    "serve",
    "warning",
    "A fault in the server would have the rights of root.",
  ),
  "Private keys may be written to swap: the limit of locked memory is too low": event(
    "serve",
    "warning",
    "`ulimit -l` is lower than `--secure-memory`.",
  ),
  "Another library of cryptography is faster": event(
    "serve",
    "info",
    "A newer OpenSSL, or AWS-LC, signs faster on this machine. See `signer doctor`.",
  ),
  "The audit log is not signed: anyone who can write the file can replace it": event(
    "serve",
    "warning",
    "There is no `--audit-key`.",
  ),
  "The audit log cannot be written": event(
    "serve",
    "error",
    "The server refuses to sign, or signs without a record, by `--audit-fail`.",
  ),
  "The audit log can be written again": event("serve", "warning", "With the number of lost lines."),
  "The audit log cannot be signed": event(
    "serve",
    "error",
    "The file cannot be read back, as on a failing disk. Lines are written without signed ones among them.",
  ),
  "The audit file was moved or deleted: its lines are not at its path": event(
    "serve",
    "error",
    "No SIGHUP has followed within 5 s. Lines of a deleted file are lost.",
  ),
  "The audit file cannot be opened again": event(
    "serve",
    "error",
    "The file was renamed, and SIGHUP could not open a new one.",
  ),

  "Connected": event(["native", "grpc-js"], "debug", "A connection was accepted."),
  "A connection was ended": event(
    "native",
    "debug",
    "An HTTP/2 error has ended a connection: its code, or the limit that was exceeded.",
  ),
  "A connection failed": event("native", "debug", "The socket or TLS has reported an error."),
  "A connection failed inside the server": event(
    "native",
    "error",
    "A fault of the server has ended a connection.",
  ),
  "A connection cannot be watched": event("native", "error", "The kernel has no more resources."),
  "A TLS handshake failed": event(["native", "grpc-js"], "debug", "With the reason."),
  "Connections are refused: there are as many as allowed": event(
    "native",
    "warning",
    "A limit of connections is reached. Logged once a minute.",
  ),
  "A connection is refused: there are as many as allowed": event(
    "grpc-js",
    "debug",
    "A limit of connections is reached.",
  ),
  "Idle connections were closed to make room": event(
    "native",
    "debug",
    "A limit of connections or descriptors was reached.",
  ),
  "A peer does not read": event("grpc-js", "warning", "Its connection is closed."),
  "Accepting pauses": event(
    ["native", "grpc-js"],
    "warning",
    "There are no descriptors for new connections.",
  ),
  "Accepting again": event(["native", "grpc-js"], "info", "There are descriptors again."),
  "A worker cannot be pinned": event("native", "warning", "`--pin` has no effect on a worker."),
  "Workers are not pinned: the processors of this process are unknown": event(
    "native",
    "warning",
    "`--pin` has no effect.",
  ),
  "A worker died, its connections are closed, and it is replaced": event(
    "native",
    "error",
    "A thread has failed or hangs.",
  ),
  "A worker is not replaced as too many threads hang: restart the process": event(
    "native",
    "error",
    "The server continues with fewer threads.",
  ),
  "A worker cannot be started": event("native", "error", "Another attempt follows."),

  "Lines were dropped, because standard error was not read": event(
    "log",
    "warning",
    "With the number of lines, which `signer_log_lines_dropped_total` counts too.",
  ),
} as const satisfies Readonly<Record<string, LogEventDescription>>;

/** The name of an event. */
export type LogEvent = keyof typeof events;
