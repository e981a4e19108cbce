/**
 * Boots the image of `deno task image` under QEMU: the program is the first process, serves, stops on
 * Ctrl-Alt-Delete and ends the machine. Prints a line for each check, and exits with 1 when one fails.
 *
 * It boots twice: `kernel` with `cmdline`, which powers off at the end, and `vmlinux` with the command line of
 * `firecracker.json`, which restarts.
 *
 * If `vhost-device-vsock` is installed (`deno task peers`), this machine calls and loads the server through hybrid vsock,
 * the second time over mutual TLS, and takes the guest's log. A guest with `dist/signer` calls a server of this machine
 * over mutual TLS. Two images of the same sources are compared, byte by byte.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type DevCaFiles, devCaFiles } from "../src/cli/dev_ca.ts";
import { findPeer } from "../tests/_support/peers.ts";
import { findAwsLc } from "./compile/libraries.ts";
import { root, run } from "./compile/program.ts";
import { makeImage } from "./guest_image/make.ts";
import { bootMachine } from "./guest_image/machine.ts";
import { Monitor } from "./guest_image/monitor.ts";
import { Archive } from "./guest_vm/archive.ts";
import { serve } from "./serve_process.ts";

const options = {
  added: new Map<string, string>(),
  kernel: undefined,
  modules: undefined,
  serveOptions: ["--vsock", "5000", "--tcp", "127.0.0.1:50051", "--generate", "ecdsa-p256"],
};

const pc = ["-machine", "q35,accel=tcg", "-device", "virtio-rng-pci"];

const ready = /^ready tcp:\/\/127\.0\.0\.1:50051 vsock:\S+$/m;

let failures = 0;

function check(name: string, passed: boolean, console_ = ""): void {
  console.log(`${passed ? "ok     " : "FAILED "} ${name}`);
  if (passed) return;
  failures++;
  console.log(console_.split("\n").slice(-40).join("\n"));
}

function hashes(folder: string): string {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort().map((name) => {
    const hash = createHash("sha256").update(Deno.readFileSync(join(folder, name)));
    return `${hash.digest("hex")}  ${name}`;
  }).join("\n");
}

/** Calls the server from the host, and loads it. */
async function tryFromHost(monitor: Monitor, how: string, tls: readonly string[]): Promise<void> {
  const echo = await monitor.signer("call", "echo", "hello", ...tls);
  check(`the host calls it by hybrid vsock${how}`, echo.text === "hello\n", echo.text);
  const sign = await monitor.signer("call", "sign", "hello", "--key-type", "ecdsa-p256", ...tls);
  check(`the host has it sign${how}`, sign.code === 0, sign.text);
  const load = ["-n", "200", "-c", "8", "--connections", "2", "--verify", "--assert", "errors=0"];
  const bench = await monitor.signer("bench", "sign", ...load, ...tls);
  check(`bench loads it${how}`, bench.code === 0, bench.text);
  const rate = /Requests\/sec: .*/.exec(bench.text)?.[0];
  console.log(`figure  bench sign from the host${how}: ${rate}`);
}

async function tryPc(folder: string, image: string): Promise<void> {
  await using monitor = await Monitor.start(folder);
  await using machine = await bootMachine(folder, {
    options: [...pc, ...monitor?.options ?? []],
    kernel: join(image, "kernel"),
    initramfs: join(image, "initramfs"),
    commandLine: (await Deno.readTextFile(join(image, "cmdline"))).trim(),
  });
  const started = performance.now();
  check("boots, and serves on vsock and on lo", await machine.prints(ready), machine.console);
  console.log(`figure  ready after ${Math.round(performance.now() - started)} ms, emulated`);
  if (monitor !== undefined) await tryFromHost(monitor, "", []);
  await machine.pressCtrlAltDelete();
  check("powers off on Ctrl-Alt-Delete", await machine.ended(), machine.console);
  check("stops before that", /Stopped/.test(machine.console), machine.console);
  check("the kernel does not panic", !/panic/i.test(machine.console), machine.console);
}

/** Port of the host for the guest's log. */
const LOG_PORT = 7000;

/**
 * Writes an initramfs with other options of serve and with certificates. The kernel unpacks archives that follow each
 * other into the same root file system (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
async function addTls(initramfs: string, { ca, server }: DevCaFiles, path: string): Promise<void> {
  const added = `${path}.added`;
  {
    using archive = new Archive(added);
    archive.bytes(
      "/etc/signer/boot",
      [
        ...options.serveOptions,
        ...["--tls-cert", "/tls/server.pem", "--tls-key", "/tls/server.key"],
        ...["--tls-client-ca", "/tls/ca.pem", "--log-to", `vsock:2:${LOG_PORT}`, ""],
      ].join("\n"),
    );
    archive.add(ca.certificate, "/tls/ca.pem");
    archive.add(server.certificate, "/tls/server.pem");
    archive.add(server.privateKey, "/tls/server.key");
    archive.finish();
  }
  await Deno.copyFile(initramfs, path);
  await Deno.writeFile(path, await Deno.readFile(added), { append: true });
}

/** Boots what Firecracker gets, on the same machine: under emulation the kernel finds no timer on one without a PC's. */
async function tryFirecrackerFiles(folder: string, image: string): Promise<void> {
  const { "boot-source": source } = JSON.parse(
    await Deno.readTextFile(join(image, "firecracker.json")),
  );
  await using monitor = await Monitor.start(folder);
  await using log = monitor?.receive(LOG_PORT);
  let initramfs = join(image, source.initrd_path);
  let tls: string[] = [];
  if (monitor !== undefined) {
    const certificates = join(folder, "tls");
    await makeCertificates(certificates);
    const files = devCaFiles(certificates);
    await addTls(initramfs, files, initramfs = join(folder, "initramfs"));
    const { ca, client } = files;
    tls = [
      ...["--tls-ca", ca.certificate, "--authority", "localhost"],
      ...["--tls-cert", client.certificate, "--tls-key", client.privateKey],
    ];
  }
  await using machine = await bootMachine(folder, {
    options: [...pc, ...monitor?.options ?? []],
    kernel: join(image, source.kernel_image_path),
    initramfs,
    commandLine: source.boot_args,
  });
  check("boots vmlinux by firecracker.json", await machine.prints(ready), machine.console);
  if (monitor !== undefined) {
    await tryFromHost(monitor, " over mutual TLS", tls);
    const refused = await monitor.signer("call", "echo", "hello", ...tls.slice(0, 4));
    const reason = /alert certificate required/.test(refused.text);
    check("the host is refused without a certificate", reason, refused.text);
  }
  await machine.pressCtrlAltDelete();
  check("restarts at the end, for Firecracker", await machine.ended(), machine.console);
  check("by itself", /reboot: Restarting system/.test(machine.console), machine.console);
  if (log !== undefined) {
    const whole = /msg=Serving .*tls=true[^]*msg=Stopped/.test(log.text);
    check("its log reaches the host by vsock", whole, log.text);
    const provider = await findAwsLc() === undefined ? "openssl" : "aws-lc";
    check(`it signs by ${provider}`, log.text.includes(` provider=${provider} `), log.text);
  }
}

/** Port of the host for its server. */
const SERVER_PORT = 7001;

/** Calls of the guest: by mutual TLS, and without a certificate, which is refused with UNAVAILABLE (78). */
const guestCalls = `
call() { /signer call --to vsock:2:${SERVER_PORT} --tls-ca /tls/ca.pem --authority localhost --deadline 60s "$@"; }
as_client() { call --tls-cert /tls/client.pem --tls-key /tls/client.key "$@"; }
as_client echo from-the-guest
as_client sign --key-type ecdsa-p256 hello && echo signed
call echo hello
echo "without a certificate: $?"
`;

/** Has a client in a bare guest call a server of this machine, which listens where the device looks for a port. */
async function tryGuestClient(folder: string): Promise<void> {
  await using monitor = await Monitor.start(folder);
  if (monitor === undefined) return;
  const certificates = join(folder, "tls");
  await makeCertificates(certificates);
  const { ca, server } = devCaFiles(certificates);
  const { child } = await serve(root, [
    ...["--unix", monitor.portPath(SERVER_PORT), "--generate", "ecdsa-p256"],
    ...["--tls-cert", server.certificate, "--tls-key", server.privateKey],
    ...["--tls-client-ca", ca.certificate],
  ]);
  try {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-P=test", "scripts/guest_vm.ts", "run", "--bare"],
        ...["--memory", "1536", "--timeout", "300", "--vhost-user-vsock", monitor.socket],
        ...["--add", "dist/signer:/signer", "--add", `${certificates}:/tls`],
        ...["--", "sh", "-c", guestCalls],
      ],
      cwd: root,
    }).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout) + decoder.decode(stderr);
    check(
      "a guest's client calls the host by mutual TLS over vsock",
      /^from-the-guest$/m.test(text),
      text,
    );
    check("and has it sign", /^signed$/m.test(text), text);
    check(
      "a guest's client is refused without a certificate",
      /^without a certificate: 78$/m.test(text),
      text,
    );
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

async function makeCertificates(folder: string): Promise<void> {
  await run(Deno.execPath(), [
    ...["run", "--quiet", "-P", "main.ts", "keygen", "--dev-ca", folder],
  ]);
}

const folder = await Deno.makeTempDir({ prefix: "signer-image-check-" });
try {
  const images = ["one", "other"].map((name) => join(folder, name));
  for (const output of images) console.log(await makeImage({ ...options, output }));
  const [one, other] = images.map(hashes);
  check("two images of the same sources are the same bytes", one === other, `${one}\n${other}`);
  if (findPeer("vhost-device-vsock") === undefined) {
    console.log(
      "ignored the host's calls: there is no vhost-device-vsock (deno task peers, with cargo)",
    );
  }
  const attempts = [["pc", tryPc], ["firecracker", tryFirecrackerFiles], [
    "client",
    tryGuestClient,
  ]] as const;
  for (const [name, attempt] of attempts) {
    const place = join(folder, name);
    await Deno.mkdir(place);
    await attempt(place, images[0]);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${failures} checks failed`);
if (failures > 0) Deno.exitCode = 1;
