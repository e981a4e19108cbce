/** The trace of a call that `-v` prints on standard error. @module */
import {
  type AnyMethod,
  type ClientCall,
  type Metadata,
  type RpcError,
  statusName,
} from "../../grpc/mod.ts";
import { note } from "../output.ts";
import { printBytes } from "./base64.ts";

/** Prints metadata sent and received, the peer, its TLS parameters, the status and times of one call. */
export class CallTrace {
  readonly #started = performance.now();
  #answered = false;

  /** @param secrets names of metadata whose values are not printed */
  constructor(method: AnyMethod, metadata: Metadata, secrets: ReadonlySet<string>) {
    note(`call ${method.path}`);
    show(">", metadata, secrets);
  }

  /** Prints the response's headers, once. */
  async answered(call: ClientCall<unknown>): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    note(`answered by ${call.peer()} after ${this.#elapsed()}`);
    await showSecurity(call);
    show("<", await call.headers);
  }

  async ended(call: ClientCall<unknown>): Promise<void> {
    await this.answered(call);
    show("<<", await call.trailers);
    note(`OK after ${this.#elapsed()}`);
  }

  async failed(call: ClientCall<unknown>, error: RpcError): Promise<void> {
    const headers = await call.headers;
    if (headers.size > 0) await this.answered(call);
    show("<<", error.metadata);
    note(`${statusName(error.code)} after ${this.#elapsed()}`);
  }

  #elapsed(): string {
    return `${(performance.now() - this.#started).toFixed(1)} ms`;
  }
}

/** Prints the TLS parameters of the call's connection, unless it is plaintext. */
async function showSecurity(call: ClientCall<unknown>): Promise<void> {
  const security = await call.security?.();
  if (security === undefined) return;
  const { version, cipher, resumed, peerCertificate, issuers } = security;
  note(`TLS: ${version}, ${cipher}, ${resumed ? "resumed session" : "full handshake"}`);
  if (peerCertificate === undefined) return;
  const { subject, issuer, daysLeft } = peerCertificate;
  const expiry = daysLeft < 0 ? "expired" : `expires in ${daysLeft} days`;
  note(`server certificate: ${subject}; issued by ${issuer}; ${expiry}`);
  if (issuers.length > 0) note(`certificate chain: ${[subject, ...issuers].join(" < ")}`);
}

function show(direction: string, metadata: Metadata, secrets?: ReadonlySet<string>): void {
  for (const [name, value] of metadata) {
    const text = typeof value === "string" ? value : printBytes(value);
    note(`${direction} ${name}: ${secrets?.has(name) ? "<redacted>" : text}`);
  }
}
