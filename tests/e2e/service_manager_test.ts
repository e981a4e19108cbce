/**
 * `serve` under a service manager: notifications (sd_notify(3)), the watchdog, and passed sockets (sd_listen_fds(3)),
 * with the permissions of `-P=serve`, which has no network.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";
import { peerTest } from "../_support/peers.ts";
import { servings } from "./_servings.ts";

const [test, { ManagedServer, waitForEcho }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => {
    const signer = await import("./_signer.ts");
    return {
      ...signer,
      ...await import("./_managed.ts"),
      /** Calls a server that may still be starting: its sockets take connections before it does. */
      async waitForEcho(address: string): Promise<void> {
        using channel = signer.openChannel({ addresses: [address] });
        const options = { deadline: Date.now() + 30_000, waitForReady: true };
        for await (
          const _ of channel.call(signer.echo.Echo, [{ message: "hello" }], options).responses
        );
      },
    };
  },
);
const pythonTest = peerTest(test, "python");

for (const [name, options] of Object.entries(servings)) {
  pythonTest(`The manager is notified of start, reload, life and stop: ${name}`, async (python) => {
    await inFolder(async (folder) => {
      await using server = await ManagedServer.start(
        python,
        ["--notify", `${folder}/notify`, "--watchdog", "200000"],
        ["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--drain-delay", "100ms", ...options],
      );
      const ready = await server.notified("READY=1");
      // The manager takes messages of the started process only, and on grpc-js that is the supervisor.
      assert.ok(ready.main);
      const [, address] = /^STATUS=Serving on (\S+)$/.exec(ready.lines[1])!;
      await waitForEcho(address);
      assert.ok((await server.notified("WATCHDOG=1")).main);
      await server.notified("WATCHDOG=1");
      server.signal("SIGHUP");
      const reloading = await server.notified("RELOADING=1");
      assert.match(reloading.lines[1], /^MONOTONIC_USEC=[0-9]{6,}$/);
      assert.match((await server.notified("READY=1")).lines[1], /^STATUS=/);
      const stopped = server.stop();
      const stopping = await server.notified("STOPPING=1");
      // The delay, the grace of 30 s, and 10 s to close.
      assert.ok(stopping.lines.includes("EXTEND_TIMEOUT_USEC=40100000"), stopping.lines.join());
      assert.equal((await stopped).code, 0);
    });
  });

  pythonTest(`Passed sockets are served, by name and without options: ${name}`, async (python) => {
    await inFolder(async (folder) => {
      const sockets = ["--socket", "web=127.0.0.1:0", "--socket", `local=${folder}/signer.sock`];
      const metrics = ["--socket", `pages=${folder}/metrics.sock`];
      for (
        const named of [[], ["--listen", "fd:web", "--listen", "fd:4"]]
      ) {
        await using server = await ManagedServer.start(
          python,
          [...sockets, ...metrics],
          ["--generate", "ed25519", "--metrics", "fd:pages", ...named, ...options],
        );
        for (const socket of ["web", "local"]) await waitForEcho(server.addresses[socket]);
        using client = Deno.createHttpClient({
          proxy: { transport: "unix", path: `${folder}/metrics.sock` },
        });
        const page = await fetch("http://localhost/readyz", { client });
        assert.equal(await page.text(), "ok\n");
        assert.equal((await server.stop()).code, 0);
        // The files of the sockets belong to the manager.
        for (const file of ["signer.sock", "metrics.sock"]) Deno.removeSync(`${folder}/${file}`);
      }
    });
  });
}

pythonTest("An abstract notification socket is used", async (python) => {
  await using server = await ManagedServer.start(
    python,
    ["--notify", `@signer-test-${crypto.randomUUID()}`],
    ["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--workers", "1"],
  );
  await server.notified("READY=1");
  assert.equal((await server.stop()).code, 0);
});

pythonTest("A failed reload is reported, and ends in READY", async (python) => {
  await inFolder(async (folder) => {
    const tokens = `${folder}/tokens.txt`;
    await Deno.writeTextFile(tokens, `a sha256:${"0".repeat(64)}`, { mode: 0o600 });
    await using server = await ManagedServer.start(
      python,
      ["--notify", `${folder}/notify`],
      ["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--workers", "1", "--tokens", tokens],
    );
    await server.notified("READY=1");
    await Deno.writeTextFile(tokens, "nonsense");
    server.signal("SIGHUP");
    await server.notified("RELOADING=1");
    assert.match((await server.notified("READY=1")).lines[1], /^STATUS=Reload failed: /);
    assert.equal((await server.stop()).code, 0);
  });
});

// In a real journal every line had the priority "info", also the error that ended the server.
pythonTest("Lines in the journal have their priorities", async (python) => {
  await inFolder(async (folder) => {
    const options = ["--generate", "ed25519", "--workers", "1", "--log-level", "debug"];
    {
      await using server = await ManagedServer.start(
        python,
        ["--notify", `${folder}/notify`, "--journal"],
        ["--tcp", "127.0.0.1:0", ...options],
      );
      const { lines } = await server.notified("READY=1");
      await waitForEcho(/^STATUS=Serving on (\S+)$/.exec(lines[1])![1]);
      const { log } = await server.stop();
      assert.match(log, /^<6>time=\S+ level=info .*msg=Serving /m);
      // A thread has written this one.
      assert.match(log, /^<7>time=\S+ level=debug .*msg="Request served"/m);
      const others = log.trimEnd().split("\n").filter((line) => !/^<[0-7]>/.test(line));
      assert.deepEqual(others.map((line) => line.split(" ")[0]), ["ready"]);
    }
    await using failed = await ManagedServer.start(
      python,
      ["--journal"],
      ["--tcp", "nowhere:x", ...options],
    );
    const { code, log } = await failed.ended();
    assert.notEqual(code, 0);
    assert.match(log, /^<3>signer: error: /m);
  });
});

pythonTest(
  "Sockets for another process are not used, and unused ones are reported",
  async (python) => {
    await inFolder(async (folder) => {
      const notify = ["--notify", `${folder}/notify`];
      const socket = ["--socket", "web=127.0.0.1:0"];
      const generate = ["--generate", "ed25519", "--workers", "1"];
      {
        await using other = await ManagedServer.start(
          python,
          [...notify, ...socket, "--wrong-pid"],
          ["--tcp", "127.0.0.1:0", ...generate],
        );
        const { lines } = await other.notified("READY=1");
        assert.ok(!lines[1].includes(other.addresses.web), lines[1]);
        const { log } = await other.stop();
        assert.doesNotMatch(log, /not used/);
      }
      Deno.removeSync(`${folder}/notify`);
      await using server = await ManagedServer.start(
        python,
        [...notify, ...socket],
        ["--tcp", "127.0.0.1:0", ...generate],
      );
      const { lines } = await server.notified("READY=1");
      assert.ok(!lines[1].includes(server.addresses.web), lines[1]);
      assert.match((await server.stop()).log, /are not used.*web/);
    });
  },
);
