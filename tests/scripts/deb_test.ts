/** The Debian package of `deno task deb`. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  () => Promise.resolve({}),
);

const script = fileURLToPath(new URL("../../scripts/deb.ts", import.meta.url));

peerTest(test, "dpkg-deb")(
  "the package has the program, its pages and its unit",
  async (dpkgDeb) => {
    const folder = await Deno.makeTempDir({ prefix: "signer-deb-test-" });
    try {
      const payload = "0123456789abcdef".repeat(4);
      const executable =
        `#!/bin/sh\n# As the head of a portable executable.\npayload=${payload}\necho packed\n`;
      await Deno.writeTextFile(join(folder, "signer"), executable);
      const options = [
        "--executable",
        join(folder, "signer"),
        "--output",
        join(folder, "signer.deb"),
      ];
      const made = await run(Deno.execPath(), "run", "--quiet", "-P=test", script, ...options);
      assert.equal(made.code, 0, made.stderr);
      const to = join(folder, "root");
      assert.equal((await run(dpkgDeb, "--extract", join(folder, "signer.deb"), to)).code, 0);
      assert.equal((await run(join(to, "usr/bin/signer"))).stdout, "packed\n");
      const unit = await Deno.readTextFile(join(to, "usr/lib/systemd/system/signer.service"));
      assert.match(unit, /^ExecStart=\/usr\/bin\/signer serve/m);
      for (
        const path of [
          "lib/systemd/system/signer.socket",
          "lib/sysusers.d/signer.conf",
          "lib/tmpfiles.d/signer.conf",
          "share/bash-completion/completions/signer",
          "share/man/man1/signer-serve.1.gz",
        ]
      ) {
        assert.ok((await Deno.stat(join(to, "usr", path))).size > 0, path);
      }
      const control = join(folder, "control");
      assert.equal((await run(dpkgDeb, "--control", join(folder, "signer.deb"), control)).code, 0);
      for (const name of ["postinst", "prerm", "postrm"]) {
        const hook = join(control, name);
        assert.equal((await run("/bin/sh", "-n", hook)).code, 0, name);
        assert.equal((await Deno.stat(hook)).mode! & 0o777, 0o755, name);
      }
      // For a folder that `dpkg --root` names, and not for this machine.
      const caches = join(folder, "other/var/cache");
      await Deno.mkdir(join(caches, `signer-0-${payload}`), { recursive: true });
      await Deno.mkdir(join(caches, "others"));
      const purge = await new Deno.Command(join(control, "postrm"), {
        args: ["purge"],
        env: { DPKG_ROOT: join(folder, "other") },
      }).output();
      assert.equal(purge.code, 0);
      assert.deepEqual([...Deno.readDirSync(caches)].map(({ name }) => name), ["others"]);
      const { stdout } = await run(dpkgDeb, "--field", join(folder, "signer.deb"), "Package");
      assert.equal(stdout, "signer\n");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
