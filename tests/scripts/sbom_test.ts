/** The software bill of materials. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";

const [test, loaded] = await gate(["env", "ffi", "read", "run", "sys", "write"], async () => ({
  ...await import("../../scripts/sbom/cyclonedx.ts"),
  ...await import("../../scripts/sbom/components.ts"),
}));
const { cycloneDx, packageComponents, directPackages, runtimeComponents } = loaded;

const subject = {
  name: "signer",
  version: "1.2.3",
  licence: "Apache-2.0",
  commit: "0123456789abcdef0123456789abcdef01234567",
  date: "2026-11-26T12:00:00+01:00",
};

async function makeBill() {
  const components = [
    ...runtimeComponents({ openssl: "3.6.3", awsLc: "5.12.0" }),
    ...await packageComponents(),
  ];
  const needs = [components[0].id, ...directPackages()];
  // deno-lint-ignore no-explicit-any
  return cycloneDx({ ...subject, needs }, components) as any;
}

test("the bill lists every package of deno.lock once, with its licence and hash", async () => {
  const { components } = await makeBill();
  const lock = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
  const ids = components.map((component: { "bom-ref": string }) => component["bom-ref"]);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of Object.keys(lock.npm)) assert.ok(ids.includes(id), id);
  for (const component of components) {
    assert.equal(component.licenses.length, 1, component.name);
    if (component.purl.startsWith("pkg:npm/")) {
      assert.match(component.hashes[0].content, /^[0-9a-f]{128}$/);
    }
  }
});

test("every dependency of the bill is a component", async () => {
  const { components, dependencies } = await makeBill();
  const known = new Set(components.map((component: { "bom-ref": string }) => component["bom-ref"]));
  for (const { ref, dependsOn } of dependencies) {
    for (const needed of dependsOn) assert.ok(known.has(needed), `${ref} needs ${needed}`);
  }
});

test("equal components make the same bill, and another commit makes another", async () => {
  const [one, other] = [await makeBill(), await makeBill()];
  assert.deepEqual(one, other);
  const changed = cycloneDx({ ...subject, commit: "f".repeat(40), needs: [] }, []);
  assert.notEqual((changed as { serialNumber: string }).serialNumber, one.serialNumber);
  assert.match(
    one.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

/** Validates standard input by the schemas that cyclonedx-python-lib has. */
const validator = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print("valid" if error is None else error)
`;

peerTest(test, "python")("the bill is valid by CycloneDX's schema", async (python) => {
  const child = new Deno.Command(python, {
    args: ["-c", validator],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(await makeBill())));
  await writer.close();
  const { stdout, stderr } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "valid\n", new TextDecoder().decode(stderr));
});
