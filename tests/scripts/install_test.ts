/** `scripts/install.sh`: it installs what is signed and whole, and nothing else. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test] = await gate(["env", "read", "run", "write"], () => Promise.resolve({}));

const script = fileURLToPath(new URL("../../scripts/install.sh", import.meta.url));

const machine = Deno.build.arch === "x86_64" ? "linux-x86_64" : "linux-aarch64";

/** A release in a folder, and a folder for programs of the shell. */
class Release implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "signer-install-" });
  readonly file = `signer-1.2.3-${machine}`;

  constructor() {
    for (const name of ["release", "bin", "to"]) Deno.mkdirSync(join(this.folder, name));
    const program = "#!/bin/sh\necho 1.2.3\n";
    this.put(this.file, program);
    this.put("SHA256SUMS", `${createHash("sha256").update(program).digest("hex")}  ${this.file}\n`);
    this.put("SHA256SUMS.sigstore.json", "{}");
  }

  put(name: string, text: string): void {
    Deno.writeTextFileSync(join(this.folder, "release", name), text);
  }

  /** Makes a program that the script finds. */
  command(name: string, text: string): void {
    Deno.writeTextFileSync(join(this.folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  get installed(): string {
    return join(this.folder, "to", "signer");
  }

  /** Runs the script with the programs of the system that it needs, and those of `command()`. */
  async install(...options: string[]) {
    const args = ["--version", "1.2.3", "--to", join(this.folder, "to")];
    const { code, stderr } = await new Deno.Command("/bin/sh", {
      args: [script, ...args, "--from", `file://${join(this.folder, "release")}`, ...options],
      clearEnv: true,
      env: { PATH: `${join(this.folder, "bin")}:/usr/bin:/bin`, SIGNER_REPOSITORY: "owner/signer" },
    }).output();
    return { code, error: new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

peerTest(test, "curl")("it installs a file whose list of checksums is signed", async () => {
  await using release = new Release();
  release.command("cosign", `echo "$*" >"${release.folder}/asked"`);
  const { code, error } = await release.install();
  assert.equal(code, 0, error);
  assert.equal((await run(release.installed)).stdout, "1.2.3\n");
  const asked = await Deno.readTextFile(join(release.folder, "asked"));
  assert.match(
    asked,
    /^verify-blob --bundle \S+ --certificate-identity https:\/\/github\.com\/owner\/signer\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.2\.3 /,
  );
});

peerTest(test, "curl")("it installs nothing when the signature is refused", async () => {
  await using release = new Release();
  release.command("cosign", "exit 1");
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(
    error,
    /error: the signature of SHA256SUMS is not that of release 1\.2\.3 of owner\/signer/,
  );
  await assert.rejects(Deno.stat(release.installed), Deno.errors.NotFound);
});

peerTest(test, "curl")("it installs nothing when the signature cannot be checked", async () => {
  await using release = new Release();
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(error, /neither cosign nor gh is installed/);
  assert.equal((await release.install("--checksum-only")).code, 0);
});

peerTest(test, "curl")(
  "it installs nothing when the file is damaged, and keeps what is there",
  async () => {
    await using release = new Release();
    release.command("cosign", "exit 0");
    await Deno.writeTextFile(release.installed, "before");
    release.put(release.file, "damaged");
    const { code, error } = await release.install();
    assert.equal(code, 1);
    assert.match(error, /is damaged: its SHA-256 is not that of SHA256SUMS/);
    assert.equal(await Deno.readTextFile(release.installed), "before");
  },
);

peerTest(test, "curl")("it installs nothing when the list does not name the file", async () => {
  await using release = new Release();
  release.command("cosign", "exit 0");
  release.put("SHA256SUMS", `${"0".repeat(64)}  another\n`);
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(error, /SHA256SUMS does not name signer-1\.2\.3/);
});

peerTest(test, "shellcheck")(
  "shellcheck finds nothing in the scripts that users run",
  async (shellcheck) => {
    const scripts = ["install.sh", "compile/head.sh"];
    const paths = scripts.map((name) => join(script, "..", name));
    const { code, stdout } = await run(shellcheck, "--shell=sh", "--severity=warning", ...paths);
    assert.equal(code, 0, stdout);
  },
);
