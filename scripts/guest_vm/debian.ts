/** A disk with Debian, whose first process is systemd. @module */
import { runCommand } from "../run_command.ts";

/** Packages beside those of `--variant=minbase`. systemd-sysv makes systemd the first process. */
const PACKAGES = ["systemd-sysv", "dbus", "openssl"];

/** Room for Debian, an executable with its unpacked files, and the journal. */
const DISK_SIZE = "2G";

/** The environment of a command under systemd. */
export const debianEnvironment = {
  HOME: "/root",
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  NO_COLOR: "1",
};

/** Makes a disk with a release of Debian under `cache`, unless it is already there. Returns its path. */
export async function debianDisk(cache: string, suite: string): Promise<string> {
  const path = `${cache}/${suite}.ext4`;
  if (await Deno.stat(path).catch(() => undefined) !== undefined) return path;
  await Deno.mkdir(cache, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: cache, prefix: "debian-" });
  try {
    const [root, disk] = [`${scratch}/root`, `${scratch}/disk`];
    await runCommand("mmdebstrap", [
      ...["--quiet", "--mode=root", "--variant=minbase", `--include=${PACKAGES}`],
      ...[suite, root],
    ]);
    await runCommand("mke2fs", ["-q", "-t", "ext4", "-d", root, disk, DISK_SIZE]);
    await Deno.rename(disk, path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(
      "Cannot make the disk: install mmdebstrap and e2fsprogs, " +
        "`apt-get install -y --no-install-recommends mmdebstrap e2fsprogs`",
      { cause },
    );
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return path;
}
