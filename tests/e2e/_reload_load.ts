/** Reloads of everything while calls go on. @module */
import { openProvider } from "../../src/crypto/mod.ts";
import { TlsFiles } from "../_support/tls_files.ts";
import { call, openChannel, SignerProcess, signing } from "./_signer.ts";

/** Connections of the load, and calls at once on each. */
const CHANNELS = 4;
const AT_ONCE = 4;

/** The figures of a server that was reloaded under load. */
export interface ReloadFigures {
  readonly calls: number;
  readonly failures: readonly string[];
  /** Resident memory in KiB, and open descriptors, after each tenth of the reloads. */
  readonly residentKiB: readonly number[];
  readonly descriptors: readonly number[];
}

/**
 * Starts a server with two workers over TLS, and replaces its key, certificate, tokens, rules and limits as many times
 * as said, while clients sign on connections that stay and on new ones.
 */
export async function reloadUnderLoad(reloads: number): Promise<ReloadFigures> {
  await using files = await TlsFiles.create();
  const { provider } = openProvider("openssl");
  const file = files.path("config.yaml");
  const renew = async (round: number) => {
    using key = await provider.generate("ed25519");
    await replace(files.path("key.der"), key.exportPkcs8());
    await files.issue("server");
    await replace(files.path("tokens"), `me sha256:${"0".repeat(60)}${1000 + round}\n`);
    await replace(files.path("rules.yaml"), `rules:\n  - {who: anyone, keys: "*"}\n# ${round}\n`);
    await replace(
      file,
      `listen: {tcp: "localhost:0"}\nkeys: {file: k=key.der}\n` +
        `tls: {cert: server.pem, key: server.key}\n` +
        `access: {tokens: tokens, rules: rules.yaml}\n` +
        `server: {workers: 2}\nlimits: {max-batch: ${100 + round}, handshake-timeout: ${
          20 + round
        }s}\n`,
    );
  };
  await renew(0);
  await using server = await SignerProcess.start("--config", file);
  using context = files.ca.clientContext();
  const failures: string[] = [];
  const residentKiB: number[] = [];
  const descriptors: number[] = [];
  let calls = 0;
  let isOver = false;
  const open = () => openChannel({ addresses: server.addresses, tls: { context } });
  const sign = async (channel: ReturnType<typeof open>) => {
    try {
      await call(channel, signing.Sign, { keyId: "k", message: new Uint8Array(32) });
      calls++;
    } catch (error) {
      failures.push((error as Error).message);
    }
  };
  const stays = async (channel: ReturnType<typeof open>) => {
    while (!isOver && failures.length < 100) await sign(channel);
  };
  const reconnects = async () => {
    while (!isOver && failures.length < 100) {
      using channel = open();
      await sign(channel);
    }
  };
  const channels = Array.from({ length: CHANNELS }, open);
  const load = Promise.all([
    ...channels.flatMap((channel) => Array.from({ length: AT_ONCE }, () => stays(channel))),
    reconnects(),
  ]);
  try {
    for (let round = 1; round <= reloads; round++) {
      await renew(round);
      server.signal("SIGHUP");
      await server.logged(/Configuration read again/);
      if (round % Math.ceil(reloads / 10) !== 0) continue;
      residentKiB.push(server.residentKiB());
      descriptors.push(server.descriptors());
    }
  } finally {
    isOver = true;
    await load;
    for (const channel of channels) channel[Symbol.dispose]();
  }
  if (await server.stop() !== 0) failures.push(`The server ended badly: ${await server.log}`);
  return { calls, failures, residentKiB, descriptors };
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await Deno.writeFile(`${path}.new`, bytes, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}
