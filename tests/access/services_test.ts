/** Access control in the services: tokens, rules, and what a caller learns of keys that it may not use. @module */
import assert from "node:assert/strict";
import type { AccessPolicy, RefusalReport, Rule, TokenEntry } from "../../src/access/mod.ts";
import type { GetServerInfoResponse } from "../../src/api/mod.ts";
import type { CallOptions, RpcError as RpcErrorType } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "../services/_each_stack.ts";

const [gated, loaded] = await gate(["net", "env", "read", "sys", "ffi"], async () => ({
  ...await import("../services/_served.ts"),
  ...await import("../../src/access/mod.ts"),
  ...await import("../../src/access/files/mod.ts"),
  ...await import("../../src/crypto/mod.ts"),
  ...await import("../../src/grpc/mod.ts"),
}));
const test = onEachStack(gated);
const { Access, createToken, hashToken, healthMethods, KeyStore, Metadata, openProvider } = loaded;
const { RateLimits, readRules, reflectionMethods, Served, statusName } = loaded;

const provider = openProvider?.("auto").provider;

type Served_ = Awaited<ReturnType<typeof Served.start>>;

interface Tokens {
  readonly [name: string]: Partial<TokenEntry>;
}

/** A policy, and the text of each of its tokens. */
function policyOf(tokens: Tokens | undefined, rulesText?: string) {
  const texts: Record<string, string> = {};
  const entries = tokens && Object.entries(tokens).map(([name, dates]) => {
    texts[name] = createToken();
    return {
      name,
      hash: hashToken(texts[name]!),
      notBefore: undefined,
      expires: undefined,
      ...dates,
    };
  });
  const rules = rulesText === undefined ? undefined : readRules(rulesText, "rules");
  const policy: AccessPolicy = {
    tokens: entries,
    rules,
    rates: RateLimits.memory(rules as Rule[] ?? []),
  };
  return { policy, texts };
}

async function keys(): Promise<InstanceType<typeof KeyStore>> {
  const store = new KeyStore();
  for (const id of ["release-1", "release-2", "other"]) {
    store.add(id, await provider.generate(id === "other" ? "ed25519" : "ecdsa-p256"));
  }
  return store;
}

/** @param token a token, or another authorization with a space in it */
function bearer(token: string | undefined): CallOptions {
  if (token === undefined) return {};
  const value = token.includes(" ") ? token : `Bearer ${token}`;
  return { metadata: new Metadata([["authorization", value]]) };
}

/** The response of a call, or the status and message of its error. */
async function ask(
  served: Served_,
  method: string,
  request: object,
  token?: string,
): Promise<Record<string, unknown> & { status?: string; message?: string }> {
  try {
    const call = served.open<Record<string, unknown>>(method, [request], bearer(token));
    for await (const response of call.responses) return response;
    return { status: "no response" };
  } catch (error) {
    const { code, message } = error as RpcErrorType;
    return { status: statusName(code), message };
  }
}

const message = Buffer.from("hello");
const sign = (keyId: string) => ({ keyId, message });

test("with tokens alone, a call needs one that the server knows", async (stack) => {
  const refusals: { reason: string }[] = [];
  const { policy, texts } = policyOf({
    deploy: {},
    old: { expires: Date.now() - 1_000 },
    next: { notBefore: Date.now() + 3_600_000 },
  });
  const access = new Access(policy, (refusal) => refusals.push(refusal));
  await using served = await Served.start(stack, { access, keys: await keys() });
  assert.deepEqual(Object.keys(await ask(served, "signing.Sign", sign("other"), texts.deploy)), [
    "signature",
    "keyId",
    "algorithm",
    "keyVersion",
  ]);
  const answers = {
    none: await ask(served, "echo.Echo", {}),
    unknown: await ask(served, "echo.Echo", {}, createToken()),
    basic: await ask(served, "echo.Echo", {}, "Basic c2lnbmVyOg=="),
    expired: await ask(served, "signing.Sign", sign("other"), texts.old),
    early: await ask(served, "signing.ListKeys", {}, texts.next),
  };
  assert.deepEqual(
    Object.values(answers).map(({ status }) => status),
    Array(5).fill("UNAUTHENTICATED"),
  );
  assert.match(answers.expired.message!, /token old has expired/);
  assert.deepEqual(refusals.map(({ reason }) => reason), [
    "no token",
    "unknown token",
    "no bearer token",
    "token old has expired",
    "token next is not valid yet",
  ]);
  // A token that was accepted is not a pass for the connection.
  assert.equal((await ask(served, "echo.Echo", {})).status, "UNAUTHENTICATED");
});

test("a token that expires is refused on the connections that have used it, and in open streams", async (stack) => {
  const { policy, texts } = policyOf({ deploy: { expires: Date.now() + 1_800_000 } });
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: await keys(),
  });
  assert.equal((await ask(served, "echo.Echo", {}, texts.deploy)).status, undefined);
  const { promise: expired, resolve: expire } = Promise.withResolvers<void>();
  async function* requests() {
    yield sign("other");
    await expired;
    yield sign("other");
  }
  const call = served.open<object>("signing.SignStream", requests(), bearer(texts.deploy));
  const responses = call.responses[Symbol.asyncIterator]();
  assert.equal((await responses.next()).done, false);
  const { now } = Date;
  Date.now = () => now() + 3_600_000;
  try {
    assert.match((await ask(served, "echo.Echo", {}, texts.deploy)).message!, /has expired/);
    expire();
    await assert.rejects(responses.next(), /token deploy has expired/);
  } finally {
    Date.now = now;
  }
});

test("two tokens of one name are accepted side by side, and a replaced one no longer", async (stack) => {
  const { policy, texts } = policyOf({ a: { name: "deploy" }, b: { name: "deploy" } });
  const access = new Access(policy, () => {});
  await using served = await Served.start(stack, { access, keys: new KeyStore() });
  for (const token of [texts.a, texts.b]) {
    assert.equal((await ask(served, "echo.Echo", {}, token)).status, undefined);
  }
  access.replace({ ...policy, tokens: policy.tokens!.slice(1) });
  assert.equal((await ask(served, "echo.Echo", {}, texts.a)).status, "UNAUTHENTICATED");
  assert.equal((await ask(served, "echo.Echo", {}, texts.b)).status, undefined);
});

const rules = `
rules:
  - who: {token: release}
    keys: ["release-*"]
    operations: [sign, verify, list, info]
    algorithms: [ECDSA_SHA_256]
  - who: {token: reader}
    keys: ["**"]
    operations: [public-key, list]
  - who: {token: admin}
    keys: ["**"]
  - who: {token: slow}
    keys: other
    rate: {limit: 1/h, burst: 3}
`;

const names: Tokens = { release: {}, reader: {}, admin: {}, slow: {}, stranger: {} };

test("rules allow what they name and nothing else, and the rest is reported", async (stack) => {
  const { policy, texts } = policyOf(names, rules);
  const reports: Parameters<RefusalReport>[0][] = [];
  await using served = await Served.start(stack, {
    access: new Access(policy, (report) => reports.push(report)),
    keys: await keys(),
  });
  const status = async (method: string, request: object, token: string) =>
    (await ask(served, method, request, texts[token])).status ?? "OK";
  const byAlgorithm = (algorithm: string) => ({ ...sign("release-1"), algorithm });
  const denied = "PERMISSION_DENIED";
  const cases: [method: string, request: object, token: string, expected: string][] = [
    ["signing.Sign", sign("release-1"), "release", "OK"],
    ["signing.Sign", byAlgorithm("ECDSA_SHA_256"), "release", "OK"],
    ["signing.Sign", byAlgorithm("ECDSA_SHA_384"), "release", denied],
    ["signing.Sign", sign("other"), "release", denied],
    ["signing.Sign", sign("release-1"), "reader", denied],
    ["signing.Sign", sign("release-1"), "stranger", denied],
    ["signing.Sign", sign("other"), "admin", "OK"],
    ["signing.Sign", { keyType: "KEY_TYPE_ECDSA_P256", message }, "release", "OK"],
    ["signing.Sign", { keyType: "KEY_TYPE_ED25519", message }, "release", denied],
    ["signing.GetPublicKey", { keyId: "other" }, "reader", "OK"],
    ["signing.GetPublicKey", { keyId: "release-1" }, "release", denied],
    [
      "signing.Verify",
      { ...sign("release-1"), signature: Buffer.from([1]) },
      "release",
      "OK",
    ],
    ["signing.Verify", { ...sign("other"), signature: Buffer.from([1]) }, "release", denied],
    ["signing.ListKeys", {}, "release", "OK"],
    ["signing.ListKeys", {}, "stranger", denied],
    ["serverInfo.GetServerInfo", {}, "release", "OK"],
    ["serverInfo.GetServerInfo", {}, "reader", denied],
    ["echo.Echo", {}, "release", denied],
    ["echo.Echo", {}, "admin", "OK"],
  ];
  for (const [method, request, token, expected] of cases) {
    assert.equal(await status(method, request, token), expected, `${method} as ${token}`);
  }
  // A caller without a token is decided about by its connection, which no rule is for.
  assert.equal((await ask(served, "echo.Echo", {})).status, denied);
  assert.equal(reports.length, 1 + cases.filter(([, , , expected]) => expected === denied).length);
  const { caller, method, reason } = reports[1]!;
  assert.equal(caller, "token=release ip=127.0.0.1");
  assert.equal(method, "/signer.v1.SigningService/Sign");
  assert.match(reason, /no such key, or the caller may not use it for sign/);
});

test("a caller cannot tell a key that it may not use from one that does not exist", async (stack) => {
  const { policy, texts } = policyOf(names, rules);
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: await keys(),
  });
  const pairs: [method: string, request: (keyId: string) => object][] = [
    ["signing.Sign", sign],
    ["signing.Verify", (keyId) => ({ ...sign(keyId), signature: Buffer.from([1]) })],
    ["signing.GetPublicKey", (keyId) => ({ keyId })],
    ["signing.SignBatch", (keyId) => ({ requests: [sign(keyId)] })],
    ["signing.SignStream", sign],
  ];
  for (const [method, request] of pairs) {
    const there = await ask(served, method, request("other"), texts.release);
    const missing = await ask(served, method, request("missing"), texts.release);
    assert.deepEqual(there, missing, method);
    assert.match(JSON.stringify(there), /may not use/);
  }
  const type = (keyType: string) =>
    ask(served, "signing.Sign", { keyType, message }, texts.release);
  assert.deepEqual(await type("KEY_TYPE_ED25519"), await type("KEY_TYPE_RSA_4096"));
  // For its own keys it gets NOT_FOUND, and so does a caller that may use all keys.
  const own = await ask(served, "signing.Sign", sign("release-9"), texts.release);
  assert.equal(own.status, "NOT_FOUND");
  const all = await ask(served, "signing.Sign", sign("missing"), texts.admin);
  assert.equal(all.status, "NOT_FOUND");
});

test("lists have only the keys, algorithms and types that the caller may use", async (stack) => {
  const { policy, texts } = policyOf(names, rules);
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: await keys(),
  });
  const listed = async (token: string) => {
    const { keys } = await ask(served, "signing.ListKeys", {}, texts[token]);
    return (keys as { keyId: string; algorithms: string[] }[]).map(({ keyId, algorithms }) =>
      `${keyId} ${algorithms.join(" ")}`
    );
  };
  assert.deepEqual(await listed("release"), ["release-1 ECDSA_SHA_256", "release-2 ECDSA_SHA_256"]);
  assert.equal((await listed("admin")).length, 3);
  const info = await ask(served, "serverInfo.GetServerInfo", {}, texts.release);
  const { keyTypes, algorithms } = info as unknown as GetServerInfoResponse;
  assert.deepEqual([keyTypes, algorithms], [["KEY_TYPE_ECDSA_P256"], ["ECDSA_SHA_256"]]);
});

test("items of a batch and of a stream are checked one by one", async (stack) => {
  const { policy, texts } = policyOf(names, rules);
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: await keys(),
  });
  const requests = [sign("release-1"), sign("other"), sign("release-2"), sign("missing")];
  interface Item {
    readonly response?: { keyId: string };
    readonly error?: { code: number };
  }
  const short = (items: Item[]) =>
    items.map(({ response, error }) => response?.keyId ?? error!.code);
  const expected = ["release-1", 7, "release-2", 7];
  const { results } = await ask(served, "signing.SignBatch", { requests }, texts.release);
  assert.deepEqual(short(results as Item[]), expected);
  const call = served.open<Item>("signing.SignStream", requests, bearer(texts.release));
  assert.deepEqual(short(await Array.fromAsync(call.responses)), expected);
});

test("an open stream is held to a new policy from its next request on", async (stack) => {
  const { policy, texts } = policyOf({ release: {} }, rules);
  const access = new Access(policy, () => {});
  await using served = await Served.start(stack, { access, keys: await keys() });
  const { promise: replaced, resolve } = Promise.withResolvers<void>();
  const { promise: withdrawn, resolve: withdraw } = Promise.withResolvers<void>();
  async function* requests() {
    yield sign("release-1");
    await replaced;
    yield sign("release-1");
    await withdrawn;
    yield sign("release-1");
  }
  const call = served.open<{ error?: { code: number } }>(
    "signing.SignStream",
    requests(),
    bearer(texts.release),
  );
  const codes: (number | undefined)[] = [];
  const reading = async () => {
    for await (const { error } of call.responses) {
      codes.push(error?.code);
      if (codes.length === 1) {
        access.replace({ ...policy, rules: [] });
        resolve();
      } else {
        access.replace({ ...policy, tokens: [] });
        withdraw();
      }
    }
  };
  await assert.rejects(reading, /UNAUTHENTICATED|The token is refused/);
  assert.deepEqual(codes, [undefined, 7]);
});

test("a rule's rate is over after its burst, over all calls of its callers", async (stack) => {
  const { policy, texts } = policyOf(names, rules);
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: await keys(),
  });
  const request = { requests: Array(4).fill(sign("other")) };
  const { results } = await ask(served, "signing.SignBatch", request, texts.slow);
  assert.deepEqual(
    (results as { error?: { code: number } }[]).map(({ error }) => error?.code),
    [undefined, undefined, undefined, 8],
  );
  const { status, message: text } = await ask(served, "echo.Echo", {}, texts.slow);
  assert.equal(status, "RESOURCE_EXHAUSTED");
  assert.match(text!, /try again in \d+ ms/);
  const refused = served.open("echo.Echo", [{}], bearer(texts.slow));
  await assert.rejects(Array.fromAsync(refused.responses), ({ metadata }: RpcErrorType) => {
    const details = metadata.get("grpc-status-details-bin") as Uint8Array;
    return new TextDecoder("latin1").decode(details).includes("google.rpc.RetryInfo");
  });
  assert.equal((await ask(served, "echo.Echo", {}, texts.admin)).status, undefined);
});

test("health is open to all, and so is reflection unless it is not served", async (stack) => {
  const { policy } = policyOf({}, "rules: []");
  for (const reflection of [true, false]) {
    await using served = await Served.start(stack, {
      access: new Access(policy, () => {}),
      keys: new KeyStore(),
      reflection,
    });
    const health = served.channel.call<object, object>(healthMethods.check, [{ service: "" }]);
    assert.equal((await Array.fromAsync(health.responses)).length, 1);
    for (const method of reflectionMethods) {
      const call = served.channel.call<object, object>(method, [{ listServices: "" }]);
      const listing = Array.fromAsync(call.responses);
      if (reflection) assert.equal((await listing).length, 1);
      else await assert.rejects(listing, /does not implement|UNIMPLEMENTED/);
    }
  }
});

test("a peer whose tokens are refused again and again waits, and others do not", async (stack) => {
  const { policy, texts } = policyOf({ deploy: {} });
  await using served = await Served.start(stack, {
    access: new Access(policy, () => {}),
    keys: new KeyStore(),
  });
  const refused = async () => {
    const began = performance.now();
    await ask(served, "echo.Echo", {}, createToken());
    return performance.now() - began;
  };
  // Ten are answered at once, and one more for each second that the others take.
  const [accepted, ...times] = await Promise.all([
    ask(served, "echo.Echo", {}, texts.deploy),
    ...Array.from({ length: 20 }, refused),
  ]);
  assert.equal(accepted.status, undefined);
  const waited = Math.max(...times);
  assert.ok(waited > 900, `answered after ${waited} ms`);
  // A call that ends meanwhile leaves no timer behind: the server closes.
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => {
    const options = { ...bearer(createToken()), deadline: Date.now() + 200 };
    return Array.fromAsync(served.open("echo.Echo", [{}], options).responses);
  }));
  assert.ok(ends.some((end) => /Deadline/i.test((end as PromiseRejectedResult).reason)));
});
