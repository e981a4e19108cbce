/**
 * Makes a Debian package of `dist/signer`: the executable, manual pages, completions and the systemd unit of
 * `deploy/systemd`. Needs dpkg-deb.
 *
 *     deno task deb [--executable dist/signer] [--architecture amd64] [--output dist/signer.deb]
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { scripts as completions } from "../src/cli/completion/scripts.ts";
import { loadProgram } from "../src/cli/program.ts";
import { root, run } from "./compile/program.ts";
import { manualPages } from "./man/page.ts";
import { describeCommit } from "./sbom/build.ts";

const { values } = parseArgs({
  options: {
    executable: { type: "string", default: "dist/signer" },
    architecture: { type: "string", default: Deno.build.arch === "x86_64" ? "amd64" : "arm64" },
    output: { type: "string", default: "dist/signer.deb" },
  },
});

if (!existsSync(values.executable)) {
  console.error(`There is no ${values.executable}: make it with deno task compile, or --portable`);
  Deno.exit(1);
}

const control = `Package: signer
Version: ${config.version}
Architecture: ${values.architecture}
Maintainer: The signer authors <signer@example.invalid>
Section: net
Priority: optional
Depends: libc6 (>= 2.36), libgcc-s1
Recommends: libssl3 | libssl3t64
Description: remote signer that keeps private keys in one process
 Signs over gRPC on TCP, Unix sockets and AF_VSOCK, with RSA, ECDSA and Ed25519 keys
 that callers never see.
`;

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Files: *
Copyright: The signer authors
License: ${config.license}
Comment: \`signer version --verbose\` lists the parts of the executable with their licences.
`;

const { date } = await describeCommit();
const release = { version: config.version, date: date.slice(0, 10) };
/** The user of the unit. */
const users = 'u signer - "Remote signer" - -\n';

/** The folder of its keys. */
const folders = "d /etc/signer 0755 root root\nd /etc/signer/keys 0700 signer signer\n";

// DPKG_ROOT is the folder of `dpkg --root`, for which the scripts run outside of it (dpkg(1), deb-postinst(5)).
const afterInstallation = `#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers \${DPKG_ROOT:+--root="$DPKG_ROOT"} signer.conf
  systemd-tmpfiles \${DPKG_ROOT:+--root="$DPKG_ROOT"} --create signer.conf
fi
if [ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
`;

const beforeRemoval = `#!/bin/sh
set -e
[ "$1" = remove ] || exit 0
if [ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]; then systemctl stop signer.socket signer.service || true; fi
`;

/** Removes the cache of a portable executable too, when the package is purged. */
const afterRemoval = (payload: string | undefined) =>
  `#!/bin/sh
set -e
if [ -z "$DPKG_ROOT" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
${
    payload === undefined
      ? ""
      : `if [ "$1" = purge ]; then\n  cache=$DPKG_ROOT/var/cache\n  rm -rf "$cache/signer" "$cache"/signer-*-${payload}\nfi\n`
  }`;

/** Returns the hash by which a portable executable names its cache; undefined for another executable. */
async function payloadOf(executable: string): Promise<string | undefined> {
  const head = new Uint8Array(4_096);
  using file = await Deno.open(executable);
  const length = await file.read(head) ?? 0;
  const text = new TextDecoder().decode(head.subarray(0, length));
  return /^payload=([0-9a-f]{64})$/m.exec(text)?.[1];
}

const folder = await Deno.makeTempDir({ prefix: "signer-deb-" });

function write(path: string, text: string): void {
  const target = join(folder, path);
  Deno.mkdirSync(dirname(target), { recursive: true });
  Deno.writeTextFileSync(target, text, { mode: 0o644 });
}

try {
  write("DEBIAN/control", control);
  write("usr/share/doc/signer/copyright", copyright);
  write("usr/share/bash-completion/completions/signer", completions.bash);
  write("usr/share/zsh/vendor-completions/_signer", completions.zsh);
  write("usr/share/fish/vendor_completions.d/signer.fish", completions.fish);
  for (const [name, page] of manualPages(await loadProgram(), release)) {
    write(`usr/share/man/man1/${name}`, page);
    await run("gzip", ["-9", "-n", join(folder, "usr/share/man/man1", name)]);
  }
  for (const { name } of Deno.readDirSync(join(root, "deploy/systemd"))) {
    const unit = await Deno.readTextFile(join(root, "deploy/systemd", name));
    if (/\.(service|socket)$/.test(name)) {
      write(`usr/lib/systemd/system/${name}`, unit.replaceAll("/usr/local/bin/", "/usr/bin/"));
    }
  }
  write("usr/lib/sysusers.d/signer.conf", users);
  write("usr/lib/tmpfiles.d/signer.conf", folders);
  const hooks = new Map([
    ["postinst", afterInstallation],
    ["prerm", beforeRemoval],
    ["postrm", afterRemoval(await payloadOf(values.executable))],
  ]);
  for (const [name, text] of hooks) write(`DEBIAN/${name}`, text);
  await Deno.mkdir(join(folder, "usr/bin"));
  await Deno.copyFile(values.executable, join(folder, "usr/bin/signer"));
  await Deno.chmod(join(folder, "usr/bin/signer"), 0o755);
  await run("chmod", ["-R", "u+rwX,go=rX", folder]);
  for (const name of hooks.keys()) await Deno.chmod(join(folder, "DEBIAN", name), 0o755);
  await run("find", [folder, "-newermt", "@0", "-exec", "touch", "--date=@0", "{}", "+"]);
  await Deno.mkdir(dirname(values.output), { recursive: true });
  await run("dpkg-deb", [
    ...["--root-owner-group", "-Zgzip", "--build", folder, values.output],
  ]);
  console.log(values.output);
} finally {
  await Deno.remove(folder, { recursive: true });
}
