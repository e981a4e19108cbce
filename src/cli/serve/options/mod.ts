/**
 * The options of `serve`. Each is one entry of one table, from which its flag, its environment variable, its key in
 * the configuration file and the documentation are derived.
 *
 * @module
 */
import type { OptionTable, Sections, ValuesOf } from "../../../config/mod.ts";
import { auditOptions } from "./audit.ts";
import { limitOptions } from "./limits.ts";
import { serverOptions } from "./server.ts";

export { limitOptions, type Limits, OTHER_DESCRIPTORS } from "./limits.ts";

/** The sections of the options of `serve`, in the order of the help. */
export const serveSections = {
  listen: { title: "Listening", about: "The addresses that the server listens on." },
  keys: { title: "Keys", about: "The keys that sign." },
  tls: { title: "TLS", about: "TLS, which `cert` and `key` turn on." },
  access: {
    title: "Access",
    about: "The callers and their rights. Without tokens and rules every caller may sign.",
  },
  services: { title: "Services", about: "Services beside signing." },
  server: { title: "Server", about: "The process and its threads." },
  log: { title: "Logs", about: "Log lines on standard error." },
  audit: { title: "Audit", about: "The log of all attempts to sign (docs/audit.md)." },
  limits: { title: "Limits", about: "Limits on the resources of peers." },
} as const satisfies Sections;

/** The options of `serve` by the names of their properties. */
export const serveOptions = {
  ...serverOptions,
  ...auditOptions,
  ...limitOptions,
} as const satisfies OptionTable;

/** The values of the options of `serve`. */
export type ServeOptions = ValuesOf<typeof serveOptions>;
