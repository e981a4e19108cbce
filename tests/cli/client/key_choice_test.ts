/** The choice of a key and an algorithm. @module */
import assert from "node:assert/strict";
import type { KeyOptions } from "../../../src/cli/client/keys/key_choice.ts";
import type { Session } from "../../../src/cli/client/session.ts";
import { CliError } from "../../../src/cli/exit.ts";
import type { KeyInfo } from "../../../src/api/mod.ts";
import { gate } from "../../_support/gate.ts";

const [test, { chooseKey }] = await gate(
  ["env", "read", "sys", "ffi"],
  () => import("../../../src/cli/client/keys/key_choice.ts"),
);

function key(keyId: string, keyType: string, isDefault: boolean, ...algorithms: string[]) {
  const [defaultAlgorithm] = algorithms;
  const thumbprint = `${keyId}-thumbprint`;
  return { keyId, keyType, isDefault, algorithms, defaultAlgorithm, thumbprint };
}

const rsa = ["RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_512", "RSASSA_PKCS1_V1_5_SHA_256"];
const held = [
  key("old-rsa", "KEY_TYPE_RSA_2048", false, ...rsa),
  key("rsa", "KEY_TYPE_RSA_2048", true, ...rsa),
  // The server offers SHA-256 too, and SHA-384 is this key's default.
  key("p384", "KEY_TYPE_ECDSA_P384", true, "ECDSA_SHA_384", "ECDSA_SHA_256"),
];

/** Runs `chooseKey()` with a server's list of keys. */
async function choice(options: KeyOptions, keys = held) {
  let asked = 0;
  const session = {
    unary: () => {
      asked++;
      return Promise.resolve({ keys: keys as unknown as KeyInfo[] });
    },
  };
  const { key, algorithm } = await chooseKey(session as unknown as Session, options);
  return { ...key, algorithm, asked };
}

test("`chooseKey()` sends no request when the options name key and algorithm", async () => {
  assert.deepEqual(await choice({ key: "a", algorithm: "ED25519" }), {
    keyId: "a",
    algorithm: "ED25519",
    asked: 0,
  });
});

test("`chooseKey()` chooses by the client's preference among the server's keys", async () => {
  assert.deepEqual(await choice({}), { keyId: "p384", algorithm: "ECDSA_SHA_384", asked: 1 });
  const withEd25519 = [...held, key("ed", "KEY_TYPE_ED25519", true, "ED25519")];
  assert.deepEqual(await choice({}, withEd25519), { keyId: "ed", algorithm: "ED25519", asked: 1 });
});

test("`chooseKey()` chooses the first algorithm or scheme of `--prefer` that fits", async () => {
  const one = held.filter(({ keyId }) => keyId !== "old-rsa");
  assert.deepEqual(await choice({ prefer: ["ED25519", "RSASSA_PSS_SHA_512", "ECDSA"] }, one), {
    keyId: "rsa",
    algorithm: "RSASSA_PSS_SHA_512",
    asked: 1,
  });
  assert.deepEqual(await choice({ prefer: ["RSASSA_PKCS1_V1_5"] }, one), {
    keyId: "rsa",
    algorithm: "RSASSA_PKCS1_V1_5_SHA_256",
    asked: 1,
  });
});

test("`chooseKey()` refuses to choose when several keys fit equally", async () => {
  const error = await choice({ prefer: ["RSASSA_PSS"] }).then(
    () => assert.fail(),
    (error) => error,
  );
  assert(error instanceof CliError);
  assert.equal(error.exitCode, 2);
  assert.equal(
    error.message,
    "2 keys fit and none is named: old-rsa (RSASSA_PSS_SHA_256), rsa (RSASSA_PSS_SHA_256)",
  );
});

test("`chooseKey()` uses the key named by id, thumbprint or type", async () => {
  for (const options of [{ key: "old-rsa" }, { key: "old-rsa-thumbprint" }]) {
    assert.deepEqual(await choice(options), {
      keyId: "old-rsa",
      algorithm: "RSASSA_PSS_SHA_256",
      asked: 1,
    });
  }
  assert.equal((await choice({ keyType: "rsa-2048" }) as { keyId: string }).keyId, "rsa");
});

test("`chooseKey()` finds a key for a named algorithm", async () => {
  assert.deepEqual(await choice({ algorithm: "ECDSA_SHA_256" }), {
    keyId: "p384",
    algorithm: "ECDSA_SHA_256",
    asked: 1,
  });
});

test("`chooseKey()` passes an unknown key on, and the server answers NOT_FOUND", async () => {
  assert.deepEqual(await choice({ key: "none" }), {
    keyId: "none",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    asked: 1,
  });
});

test("`chooseKey()` fails when no key fits, with the keys in the error", async () => {
  const refused = async (options: KeyOptions, keys = held) => {
    const error = await choice(options, keys).then(() => assert.fail(), (error) => error);
    assert(error instanceof CliError);
    assert.equal(error.exitCode, 1);
    return error.message;
  };
  assert.equal(
    await refused({ key: "rsa", prefer: ["ECDSA"] }),
    "No key fits ECDSA: the keys are rsa",
  );
  assert.match(await refused({}, []), /^No key fits .*: the server holds no key$/);
});
