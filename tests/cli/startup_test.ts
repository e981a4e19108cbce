/** The modules that commands load at their start. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read", "run", "env"], () => Promise.resolve({}));

/** Returns the modules that a file loads at its start: all imports except `import()`. */
async function loadedBy(file: string): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", fileURLToPath(new URL("deno.json", root)), file],
    cwd: fileURLToPath(root),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { modules, roots } = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: { code?: { specifier?: string }; isDynamic?: boolean }[];
    }[];
  };
  const found = new Set(roots);
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  for (const name of found) {
    for (const { code, isDynamic } of byName.get(name)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) found.add(code.specifier);
    }
  }
  return [...found];
}

test("a call without TLS loads neither keys nor TLS", async () => {
  const loaded = await loadedBy("src/cli/call/echo.ts");
  assert.deepEqual(loaded.filter((name) => /src\/crypto|cli\/client\/tls\.ts/.test(name)), []);
});

test("only commands for methods by name load `src/grpc/reflection`", async () => {
  const starts = [
    "src/cli/call/echo.ts",
    "src/cli/call/sign.ts",
    "src/cli/bench/run.ts",
    "src/cli/serve/worker.ts",
  ];
  for (const file of starts) {
    const loaded = await loadedBy(file);
    assert.ok(loaded.length > 20, `${loaded}`);
    assert.deepEqual(
      loaded.filter((name) => /bufbuild|protobufjs|src\/grpc\/reflection/.test(name)),
      [],
    );
  }
  const invoke = await loadedBy("src/cli/call/invoke.ts");
  assert.ok(invoke.some((name) => name.includes("bufbuild")));
  // The compiler of `.proto` files is for --proto only.
  assert.ok(!invoke.some((name) => name.includes("protobufjs")));
});

test("help loads neither gRPC, nor key providers, nor libraries", async () => {
  for (const file of ["run.ts", "program.ts", "call/mod.ts", "keygen/mod.ts"]) {
    const loaded = await loadedBy(`src/cli/${file}`);
    assert.ok(loaded.length > 5, `${loaded}`);
    assert.deepEqual(
      loaded.filter((name) => /src\/(grpc\/(?!stacks)|crypto\/(?!algorithms)|ffi)/.test(name)),
      [],
      file,
    );
  }
});

test("commands without a configuration file load neither YAML nor zod", async () => {
  for (const file of ["serve/mod.ts", "serve/run.ts", "call/echo.ts", "client_configuration.ts"]) {
    const loaded = await loadedBy(`src/cli/${file}`);
    assert.ok(loaded.length > 5, `${loaded}`);
    assert.deepEqual(loaded.filter((name) => /yaml|zod|src\/config\/files/.test(name)), [], file);
  }
  assert.ok((await loadedBy("src/config/files/mod.ts")).some((name) => name.includes("zod")));
});

test("only a server with --metrics loads prom-client", async () => {
  for (const file of ["serve/run.ts", "serve/worker.ts"]) {
    const loaded = await loadedBy(`src/cli/${file}`);
    assert.ok(loaded.length > 20, `${loaded}`);
    assert.deepEqual(
      loaded.filter((name) => /prom-client|serve\/status_page/.test(name)),
      [],
      file,
    );
  }
  assert.ok(
    (await loadedBy("src/cli/serve/metrics.ts")).some((name) => name.includes("prom-client")),
  );
});

test("the threads of workers start before the modules of a server are loaded", async () => {
  const loaded = await loadedBy("src/cli/serve/threads.ts");
  assert.ok(loaded.some((name) => name.includes("src/grpc/stacks")), `${loaded}`);
  assert.deepEqual(
    loaded.filter((name) => /src\/(?!cli\/serve\/threads|grpc\/stacks)/.test(name)),
    [],
  );
});

// Commander, and the modules of Node.js that it loads, took 35 ms of 180.
test("a server with a plain command line loads neither commander nor heavy modules of Node.js", async () => {
  const light = ["node:buffer", "node:inspector", "node:path", "node:timers", "node:util"];
  for (const file of ["run.ts", "serve/start/mod.ts", "serve/run.ts"]) {
    const loaded = await loadedBy(`src/cli/${file}`);
    assert.ok(loaded.length > 10, `${loaded}`);
    assert.deepEqual(
      loaded.filter((name) => !name.startsWith("file:") && !light.includes(name)),
      loaded.filter((name) => name.includes("@logtape")),
      file,
    );
  }
});
