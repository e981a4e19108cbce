/** The status page of `serve --metrics`, in a headless browser. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, { Browser, SignerProcess, TlsFiles, call, echo, openChannel, signing }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/browser.ts"),
    ...await import("../_support/tls_files.ts"),
  }),
);
const testBrowser = peerTest(test, "chromium");
const testCurl = peerTest(test, "curl");

/** A folder for pictures of the page, to look at; none are kept by default. */
const mayLook = Deno.permissions.querySync({ name: "env" }).state === "granted";
const pictures = mayLook ? Deno.env.get("SIGNER_TEST_PICTURES") : undefined;

const looks = [
  { width: 1280, height: 900, scheme: "light" },
  { width: 1280, height: 900, scheme: "dark" },
  { width: 390, height: 844, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
] as const;

test("/status.json has the keys, threads, certificates and counts, and no secret", async () => {
  await withServer(async (_, metrics) => {
    const status = await (await fetch(`${metrics}/status.json`)).json();
    assert.equal(status.obstacle, null);
    assert.deepEqual(status.listeners.map(({ tls }: { tls: boolean }) => tls), [true]);
    assert.deepEqual(status.threads.map(({ name }: { name: string }) => name), [
      ...["main", "worker-0", "worker-1"],
    ]);
    const [{ versions: [version], ...key }] = status.keys;
    assert.deepEqual(Object.keys(key), ["id", "type", "isDefault"]);
    assert.match(version.thumbprint, /^[\w-]{43}$/);
    assert.deepEqual([version.version, version.use, version.signUntil], [1, "signs", null]);
    assert.equal(status.certificates.length, 1);
    assert.equal(status.limits.maxConnections, 20_000);
    assert.equal(status.limits.maxConnectionAgeMs, null);
    const page = await fetch(`${metrics}/`);
    await page.body?.cancel();
    const policy = page.headers.get("content-security-policy")!;
    assert.match(
      policy,
      /^default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+';/,
    );
    assert.doesNotMatch(policy, /unsafe/);
    const scrape = await fetch(`${metrics}/metrics`);
    await scrape.body?.cancel();
    assert.match(scrape.headers.get("content-security-policy")!, /^default-src 'none'/);
  });
});

testBrowser(
  "The status page draws figures within its policy, on a desk and a phone, light and dark",
  async (chromium) => {
    await withServer(async (load, metrics) => {
      await using browser = await Browser.start(chromium);
      for (const look of looks) {
        await browser.open(`${metrics}/`, look);
        await browser.until("document.getElementById('ready')?.textContent === 'ready'");
        await load();
        // A rate needs two looks at the figures.
        await browser.until(
          "document.querySelector('#rate path')?.getAttribute('d').includes('M')",
        );
        await load();
        await browser.until("/L/.test(document.querySelector('#rate path')?.getAttribute('d'))");
        const text = await browser.evaluate<string>("document.body.innerText");
        for (
          const part of [
            "worker-1",
            "ecdsa-p256",
            "/signer.v1.EchoService/Echo",
            "TLS",
            "NOT_FOUND",
            // Limits have units.
            "112 MiB",
            "2 h 0 min",
          ]
        ) {
          assert.ok(text.includes(part), `${part} is missing:\n${text}`);
        }
        const overflow = await browser.evaluate<number>(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        assert.equal(overflow, 0, "The page is wider than the screen");
        // On a phone, most columns of keys and limits were out of sight.
        const cut = await browser.evaluate<string>(
          "[...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth)" +
            ".map((one) => one.id).join()",
        );
        assert.equal(cut, "", "Tables are wider than the screen");
        const picture = await browser.picture();
        assert.ok(picture.length > 10_000);
        if (pictures !== undefined) {
          await Deno.writeFile(`${pictures}/status_${look.width}_${look.scheme}.png`, picture);
        }
      }
      assert.deepEqual(browser.faults, []);
    });
  },
);

testBrowser("A site whose name resolves to this machine reads no page", async (chromium) => {
  // DNS rebinding: the site was of the same origin as the pages of the server, and its script could read them.
  await withServer(async (_, metrics) => {
    await using browser = await Browser.start(
      chromium,
      "--host-resolver-rules=MAP site.example 127.0.0.1",
    );
    const textAt = async (host: string, pattern: RegExp) => {
      const url = `${metrics}/status.json`.replace("127.0.0.1", host);
      await browser.open(url, looks[0]);
      await browser.until(
        `location.hostname === "${host}" && ${pattern}.test(document.body.innerText)`,
      );
    };
    await textAt("site.example", /^Misdirected Request/);
    await textAt("localhost", /"obstacle"/);
    await textAt("127.0.0.1", /"obstacle"/);
  });
});

testCurl("On a loopback address pages are served by the names of --metrics-host", async (curl) => {
  const statusOf = async (url: string, host: string) => {
    const { stdout } = await run(
      curl,
      ...["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"],
      ...["--header", `Host: ${host}`, url],
    );
    return stdout;
  };
  await withServer(
    async (_, metrics) => {
      const { host } = new URL(metrics);
      for (const page of ["/", "/status.json", "/metrics", "/readyz"]) {
        assert.equal(await statusOf(`${metrics}${page}`, "site.example"), "421");
        assert.equal(await statusOf(`${metrics}${page}`, "proxy.example:443"), "200");
        assert.equal(await statusOf(`${metrics}${page}`, host), "200");
      }
    },
    "--metrics-host",
    "proxy.example",
  );
});

/** Runs a test with a server over TLS, a load of some calls, and the URL of its pages. */
async function withServer(
  use: (load: () => Promise<void>, metrics: string) => Promise<void>,
  ...options: readonly string[]
): Promise<void> {
  await using files = await TlsFiles.create();
  await files.issue("server");
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--generate", "ed25519"],
    ...["--workers", "2", "--metrics", "127.0.0.1:0", ...files.options("server"), ...options],
  );
  const [, port] = await server.captured(/Serving metrics.*127\.0\.0\.1:(\d+)/);
  const load = async () => {
    using context = files.ca.clientContext();
    using channel = openChannel({ addresses: server.addresses, tls: { context } });
    const message = new Uint8Array(1);
    for (let i = 0; i < 20; i++) {
      await call(channel, echo.Echo, { message: "hello" });
      await call(channel, signing.Sign, { keyType: "KEY_TYPE_ECDSA_P256", message });
    }
    await assert.rejects(call(channel, signing.Sign, { keyId: "none", message }));
  };
  await use(load, `http://127.0.0.1:${port}`);
}
