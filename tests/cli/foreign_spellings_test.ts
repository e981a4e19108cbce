import assert from "node:assert/strict";
import { translateSpellings } from "../../src/cli/foreign_spellings.ts";

Deno.test("the TLS options of grpcurl and ghz are translated into those of this program", () => {
  const translated: [command: string, before: string, after: string][] = [
    [
      "call",
      "call -cacert ca.pem -cert=a.pem -key a.key -servername x echo hi",
      "call --tls-ca ca.pem --tls-cert=a.pem --tls-key a.key --authority x echo hi",
    ],
    ["call", "call -plaintext -authority x list", "call --plaintext --authority x list"],
    // A key that signs, and not one of TLS.
    ["call", "call sign --key release", "call sign --key release"],
    ["call", "call echo -- -cert", "call echo -- -cert"],
    [
      "bench",
      "bench echo --cacert ca.pem --cert a.pem --cname x",
      "bench echo --tls-ca ca.pem --tls-cert a.pem --authority x",
    ],
    ["bench", "bench echo --insecure", "bench echo --plaintext"],
  ];
  for (const [command, before, after] of translated) {
    assert.deepEqual(translateSpellings(command, before.split(" ")), after.split(" "));
  }
});

Deno.test("options that accept any certificate are refused", () => {
  for (const option of ["-insecure", "--insecure", "--skipTLS"]) {
    assert.throws(() => translateSpellings("call", ["call", option, "list"]), {
      exitCode: 2,
      message: new RegExp(`^${option} would accept any certificate`),
    });
  }
  assert.throws(() => translateSpellings("bench", ["bench", "--skipTLS"]), { exitCode: 2 });
});
