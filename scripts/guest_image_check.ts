/**
 * Boots the image of `deno task image` under QEMU: the program is the first process, serves, stops on
 * Ctrl-Alt-Delete and ends the machine. Prints a line for each check, and exits with 1 when one fails.
 *
 * It boots twice: `kernel` with `cmdline`, which powers off at the end, and `vmlinux` with the command line of
 * `firecracker.json`, which restarts.
 *
 * If `vhost-device-vsock` is installed (cargo), this machine calls the server through hybrid vsock. Two images of
 * the same sources are compared, byte by byte.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeImage } from "./guest_image/make.ts";
import { bootMachine, Monitor } from "./guest_image/machine.ts";

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

async function tryPc(folder: string, image: string): Promise<void> {
  await using monitor = await Monitor.start(folder);
  await using machine = await bootMachine(folder, {
    options: [...pc, ...monitor.pciDevice],
    kernel: join(image, "kernel"),
    initramfs: join(image, "initramfs"),
    commandLine: (await Deno.readTextFile(join(image, "cmdline"))).trim(),
  });
  const started = performance.now();
  check("boots, and serves on vsock and on lo", await machine.prints(ready), machine.console);
  console.log(`figure  ready after ${Math.round(performance.now() - started)} ms, emulated`);
  if (monitor.running) {
    const { code, stdout } = await monitor.call("echo", "hello");
    check("the host calls it by hybrid vsock", code === 0 && stdout === "hello\n", stdout);
  }
  await machine.pressCtrlAltDelete();
  check("powers off on Ctrl-Alt-Delete", await machine.ended(), machine.console);
  check("stops before that", /Stopped/.test(machine.console), machine.console);
  check("the kernel does not panic", !/panic/i.test(machine.console), machine.console);
}

/** Boots what Firecracker gets, on the same machine: under emulation the kernel finds no timer on one without a PC's. */
async function tryFirecrackerFiles(folder: string, image: string): Promise<void> {
  const { "boot-source": source } = JSON.parse(
    await Deno.readTextFile(join(image, "firecracker.json")),
  );
  await using machine = await bootMachine(folder, {
    options: [...pc],
    kernel: join(image, source.kernel_image_path),
    initramfs: join(image, source.initrd_path),
    commandLine: source.boot_args,
  });
  check("boots vmlinux by firecracker.json", await machine.prints(ready), machine.console);
  await machine.pressCtrlAltDelete();
  check("restarts at the end, for Firecracker", await machine.ended(), machine.console);
  check("by itself", /reboot: Restarting system/.test(machine.console), machine.console);
}

const folder = await Deno.makeTempDir({ prefix: "signer-image-check-" });
try {
  const images = ["one", "other"].map((name) => join(folder, name));
  for (const output of images) console.log(await makeImage({ ...options, output }));
  const [one, other] = images.map(hashes);
  check("two images of the same sources are the same bytes", one === other, `${one}\n${other}`);
  await tryPc(folder, images[0]);
  await tryFirecrackerFiles(folder, images[0]);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${failures} checks failed`);
if (failures > 0) Deno.exitCode = 1;
