/** Problems of configuration files and variables: each with its place, and all at once. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

// The parser of YAML reads the environment.
const [test, { config, files, serve }] = await gate(["env", "read"], async () => ({
  config: await import("../../src/config/mod.ts"),
  files: await import("../../src/config/files/mod.ts"),
  serve: await import("../../src/cli/serve/options/mod.ts"),
}));

test("all problems of a file are reported at once, in their order", () => {
  const text = `\
listen:
  unix-mode: 0o777
  vsok: 5000
tls:
  cert: { a: 1 }
  key: [a, [b]]
log: debug
limits:
  max-streams: many
  max-held: [1]
  level: 3
max-queue: 3
server:
  pin: yes
  workers:
`;
  const { problems } = files.readTable(serve.serveOptions, text, "c.yaml");
  // Other options may join these.
  const worded = problems.map((problem) =>
    problem.replace(/mapping with level, .*/, "mapping with …")
  );
  assert.deepEqual(worded, [
    'c.yaml:2:14: listen.unix-mode is "0o777": write it in octal: 0660',
    "c.yaml:3:3: listen.vsok is not known: did you mean vsock?",
    "c.yaml:5:9: tls.cert has to be a value or a list of values",
    "c.yaml:6:12: tls.key[1] has to be one value",
    "c.yaml:7:6: log has to be a mapping with …",
    'c.yaml:9:16: limits.max-streams is "many": write a whole number from 1 to 1000000',
    "c.yaml:10:13: limits.max-held has to be one value",
    "c.yaml:11:3: limits.level is not known: did you mean log.level?",
    "c.yaml:12:1: max-queue is not known: did you mean limits.max-queue?",
    'c.yaml:14:8: server.pin is "yes": use true or false',
    'c.yaml:15:11: server.workers is "": write a value, or leave it out',
  ]);
});

test("an empty file and empty sections are the defaults", () => {
  for (const text of ["", "# nothing\n", "tls:\nlimits:\n  # max-streams: 3\n", "---\n"]) {
    const { given, problems } = files.readTable(serve.serveOptions, text, "c.yaml");
    assert.deepEqual([given.size, problems], [0, []], text);
  }
});

test("text that is no YAML, or no mapping, has a place", () => {
  const problems = (text: string) => files.readTable(serve.serveOptions, text, "c").problems;
  assert.match(problems("listen:\n  tcp: [a\n")[0]!, /^c:\d+:\d+: /);
  assert.match(problems("- listen")[0]!, /^c:1:1: The file has to be a mapping with listen, /);
  assert.match(problems("log: {level: info}\nlog: {level: error}\n")[0]!, /^c:2:1: .*unique/);
  assert.match(problems("log: {}\n---\nlog: {}\n")[0]!, /^c:2:1: A second document begins here/);
  assert.match(problems("log: &a {level: info}\n")[0]!, /^c:1:\d+: An anchor cannot be used/);
  assert.match(problems("[".repeat(20_000))[0]!, /^c:1:\d+: /);
});

test("problems of the environment name the variable, and the nearest one", () => {
  const { problems } = config.readEnvironment(serve.serveOptions, "SIGNER_SERVE_", {
    PATH: "/bin",
    SIGNER_CONFIG: "x",
    SIGNER_SERVE_REFLECTION: "no",
    SIGNER_SERVE_MAX_STREMS: "3",
    SIGNER_SERVE_GENERATE: "ed25519, rsa-1",
    SIGNER_SERVE_NO_SUCH_THING: "1",
  });
  assert.deepEqual(problems.map((problem) => problem.replace(/rsa-2048.*/, "…")), [
    'SIGNER_SERVE_REFLECTION is "no": use true or false',
    "SIGNER_SERVE_MAX_STREMS is not the variable of an option: did you mean SIGNER_SERVE_MAX_STREAMS?",
    'SIGNER_SERVE_GENERATE is "rsa-1": use one of …',
    "SIGNER_SERVE_NO_SUCH_THING is not the variable of an option: remove it",
  ]);
});

test("a credential of systemd is a file in its folder", () => {
  const folder = "/run/credentials/signer.service";
  assert.equal(config.filePath("credential:tls.key", folder), `${folder}/tls.key`);
  assert.equal(config.filePath("tls.key", folder), "tls.key");
  assert.throws(() => config.filePath("credential:tls.key", undefined), { code: "BAD_VALUE" });
  for (const text of ["credential:", "credential:../x", "credential:.x", "credential:a/b"]) {
    assert.throws(() => config.filePath(text, folder), { code: "BAD_VALUE" }, text);
  }
});

// The parser compared each key with all before it: a reload of 1 MiB of keys took a minute, in which the server took no signal.
// Its problems made a log line of megabytes.
test("a file of many keys is read in proportion to its length, with at most 100 problems", () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `k${i}: [}\n`).join("");
  const began = performance.now();
  const { problems } = files.readTable(serve.serveOptions, text.replaceAll("[}", "1"), "c");
  assert.ok(performance.now() - began < 10_000, "it takes more than 10 s");
  assert.ok(problems.length > 0);
  const broken = files.readTable(serve.serveOptions, text.slice(0, 10_000), "c");
  assert.equal(broken.problems.length, 100);
});
