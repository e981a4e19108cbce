/** Output files: atomic replacement, modes, devices. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";

const [test, { OutputFile }] = await gate(
  ["read", "write"],
  async () => await import("../../src/cli/output_file.ts"),
);

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

test("an output file has the whole content, and no temporary file remains", () =>
  inFolder((folder) => {
    const path = join(folder, "report.json");
    {
      using file = OutputFile.open(path);
      file.write("whole");
    }
    assert.equal(Deno.readTextFileSync(path), "whole");
    assert.deepEqual(names(folder), ["report.json"]);
  }));

test("a command that fails keeps the previous file and leaves no temporary file", () =>
  inFolder((folder) => {
    const path = join(folder, "report.json");
    Deno.writeTextFileSync(path, "old");
    {
      using _file = OutputFile.open(path);
    }
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.deepEqual(names(folder), ["report.json"]);
  }));

test("a replaced file keeps its mode, and a symbolic link stays one", () =>
  inFolder((folder) => {
    const [path, link] = [join(folder, "report.json"), join(folder, "link")];
    Deno.writeTextFileSync(path, "old", { mode: 0o640 });
    Deno.symlinkSync("report.json", link);
    {
      using file = OutputFile.open(link);
      file.write("new");
    }
    assert.equal(Deno.readTextFileSync(path), "new");
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o640);
    assert.ok(Deno.lstatSync(link).isSymlink);
  }));

test("a path that cannot be written is an error before the work", () =>
  inFolder((folder) => {
    const message = /^Cannot write ".*missing.*": its directory does not exist$/;
    assert.throws(() => OutputFile.open(join(folder, "missing", "a.json")), { message });
    assert.throws(() => OutputFile.open(folder), { message: /it is a directory$/ });
    assert.throws(() => OutputFile.open(""), { message: /is empty/ });
  }));

test("a device is written in place, and a full device is an error", () => {
  using file = OutputFile.open("/dev/full");
  assert.throws(() => file.write("text"), {
    message: /^Cannot write "\/dev\/full": No space left/,
  });
  OutputFile.open("/dev/null").write("text");
});
