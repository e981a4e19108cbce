/** The files of `deploy/`: their options are those of `serve`, and their parts fit together. @module */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { controlAddress } from "../../src/cli/control_address.ts";
import { readServeConfiguration, serveCommand } from "../../src/cli/serve/mod.ts";
import { parseAddress, tcpAddress } from "../../src/net/address.ts";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";

const [test] = await gate(["env", "read", "run"], () => Promise.resolve({}));
const deploy = new URL("../../deploy/", import.meta.url).pathname;

/** Reads a file of `deploy/`. */
function read(name: string): string {
  return Deno.readTextFileSync(`${deploy}${name}`);
}

/** Checks that `serve` has the options, and takes their values. */
async function assertOptions(args: readonly string[]): Promise<void> {
  assert.equal(args[0], "serve");
  const command = serveCommand().exitOverride((error) => {
    throw error;
  }).configureOutput({ outputError() {} });
  command.action(() => {});
  command.parse([...args.slice(1), "--no-config"], { from: "user" });
  const { values: { tcp = [], metrics, control } } = await readServeConfiguration(command);
  tcp.forEach(tcpAddress);
  if (metrics !== undefined) parseAddress(metrics);
  if (control !== undefined) assert.equal(parseAddress(controlAddress(control)).transport, "unix");
}

/** The documents of a manifest. */
// deno-lint-ignore no-explicit-any
function manifest(name: string): any[] {
  return parseAllDocuments(read(`kubernetes/${name}`)).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
}

test("The deployment's options are those of serve, and its times fit together", async () => {
  const [{ spec: { template: { spec } } }] = manifest("deployment.yaml");
  const { args } = spec.containers[0];
  await assertOptions(args);
  const seconds = (option: string) =>
    Number(args.join(" ").match(new RegExp(`--${option}=(\\d+)s`))![1]);
  assert.ok(spec.terminationGracePeriodSeconds > seconds("drain-delay") + seconds("grace") + 10);
});

test("Service, disruption budget and network policy select the deployment's pods", () => {
  const [{ spec: { selector: { matchLabels: labels }, template, replicas } }] = manifest(
    "deployment.yaml",
  );
  assert.deepEqual(template.metadata.labels, labels);
  const [service] = manifest("service.yaml");
  assert.deepEqual(service.spec.selector, labels);
  const ports = template.spec.containers[0].ports.map(({ name }: { name: string }) => name);
  assert.ok(ports.includes(service.spec.ports[0].targetPort));
  const [budget] = manifest("pod_disruption_budget.yaml");
  assert.deepEqual(budget.spec.selector.matchLabels, labels);
  assert.ok(budget.spec.minAvailable < replicas);
  const [policy] = manifest("network_policy.yaml");
  assert.deepEqual(policy.spec.podSelector.matchLabels, labels);
  const [{ resources }] = manifest("kustomization.yaml");
  const files = [...Deno.readDirSync(`${deploy}kubernetes`)].map(({ name }) => name);
  assert.deepEqual(new Set([...resources, "kustomization.yaml"]), new Set(files));
});

test("The unit's and the image's options are those of serve", async () => {
  const [, start] = /^ExecStart=\S+ ((?:.*\\\n)*.*)$/m.exec(read("systemd/signer.service"))!;
  await assertOptions(start.split(/[\s\\]+/));
  const [, words] = /^CMD (\[.*\])$/m.exec(read("docker/Dockerfile"))!;
  await assertOptions(JSON.parse(words));
});

// `ExecReload=kill -HUP $MAINPID` failed on a minimal Debian, whose only kill is that of the shell.
test("The unit runs no programs but the server and the shell", () => {
  const programs = [...read("systemd/signer.service").matchAll(/^Exec\w+=(\S+)/gm)];
  assert.deepEqual(
    programs.map(([, program]) => program).sort(),
    ["/bin/sh", "/usr/local/bin/signer"],
  );
});

peerTest(test, "systemd-analyze")(
  "systemd-analyze finds no fault in the units",
  async (program) => {
    const folder = await Deno.makeTempDir({ prefix: "signer-units-" });
    try {
      for (const name of ["signer.service", "signer.socket"]) {
        // The program is not installed here.
        const text = read(`systemd/${name}`).replaceAll("/usr/local/bin/signer", "/bin/true");
        await Deno.writeTextFile(`${folder}/${name}`, text);
      }
      const { success, stderr } = await new Deno.Command(program, {
        args: ["verify", `${folder}/signer.service`, `${folder}/signer.socket`],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
