/**
 * Peers: programs of other projects that tests run against the server or the client.
 *
 * `deno task peers` installs most of them into a folder of the project; the others are packages of the system. A
 * test whose peer is missing is ignored with the reason in its name, or fails when SIGNER_REQUIRE_PEERS is 1, as in
 * CI.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "./gate.ts";

const TASK = "deno task peers";

/** Each peer with the command that installs it. */
const INSTALLED_BY = {
  buf: TASK,
  /** docs/clients/go */
  docs_go_client: TASK,
  /** docs/clients/rust */
  docs_rust_client: TASK,
  /** docs/clients/node */
  docs_node_client: TASK,
  /** tests/peers/go/go_balance: a client by grpc-go that balances over several servers */
  go_balance: TASK,
  /** tests/peers/go/echo: an Echo client by grpc-go */
  go_echo: TASK,
  /** tests/peers/go/go_reflect: a server with reflection by grpc-go */
  go_reflect: TASK,
  /** tests/peers/go/go_tls: an Echo client and server over mutual TLS by grpc-go */
  go_tls: TASK,
  grpcurl: TASK,
  h2spec: TASK,
  /** Python with grpcio, its tools, reflection and health-checking, and cryptography */
  python: TASK,
  "espeak-ng": "apt-get install espeak-ng",
  "dpkg-deb": "apt-get install dpkg",
  curl: "apt-get install curl",
  groff: "apt-get install groff-base",
  mandoc: "apt-get install mandoc",
  shellcheck: "apt-get install shellcheck",
  nghttp: "apt-get install nghttp2-client",
  openssl: "apt-get install openssl",
  chromium: "apt-get install chromium",
  prometheus: "apt-get install prometheus",
  promtool: "apt-get install prometheus",
  sox: "apt-get install sox",
  /** scripts/guest_image_check.ts: only where cargo is installed, also in CI */
  "vhost-device-vsock": "deno task peers, with cargo",
  "systemd-analyze": "apt-get install systemd",
} as const;

/** The name of a peer. */
export type PeerName = keyof typeof INSTALLED_BY;

/** Returns the folder of `deno task peers`: SIGNER_TEST_PEERS, or `.cache/peers` in the project. */
export function peersFolder(): string {
  return Deno.env.get("SIGNER_TEST_PEERS") ??
    fileURLToPath(new URL("../../.cache/peers", import.meta.url));
}

/** Returns the path of a peer's program, or undefined when it is not installed. */
export function findPeer(name: PeerName): string | undefined {
  if (name === "python") return existing(join(peersFolder(), "venv", "bin", "python"));
  const path = Deno.env.get("PATH") ?? "";
  for (const folder of [join(peersFolder(), "bin"), ...path.split(delimiter)]) {
    const found = existing(join(folder, name));
    if (found) return found;
  }
  return undefined;
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** Declares one test that gets the path of its peer's program. */
export type PeerTest = (
  name: string,
  fn: (program: string, context: Deno.TestContext) => void | Promise<void>,
) => void;

/** Returns a function that declares tests which run a peer. `test` is what `gate()` returned. */
export function peerTest(test: Test, peer: PeerName): PeerTest {
  // Without these permissions `test` ignores every test, with its own reason.
  const allowed = (["env", "read"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  const program = allowed ? findPeer(peer) : undefined;
  const missing = `needs ${peer}: ${INSTALLED_BY[peer]}`;
  const isRequired = Deno.env.get("SIGNER_REQUIRE_PEERS") === "1";
  const ignore = allowed && !program && !isRequired;
  return (name, fn) =>
    test({
      name: ignore ? `${name} (${missing})` : name,
      ignore,
      async fn(context) {
        if (!program) throw new Error(`This test ${missing}`);
        await fn(program, context);
      },
    });
}

/** The output of a program that has ended. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(program: string, ...args: string[]): Promise<Output> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
