/** The resident pages of the program's file. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { unchangedMappings }] = await gate(
  ["env", "read", "ffi", "run"],
  () => import("../../src/ffi/libc/program_pages.ts"),
);

/** An entry of /proc/PID/smaps, which has more fields. */
function entry(range: string, permissions: string, path: string, anonymousKb = 0): string {
  return `${range} ${permissions} 00000000 fe:00 1234                       ${path}\n` +
    `Size:                 64 kB\nAnonymous:      ${`${anonymousKb}`.padStart(8)} kB\n` +
    "VmFlags: rd ex mr mw me sd\n";
}

test("mappings of the file that can be written to or were changed are left alone", () => {
  const smaps = [
    entry("1000-3000", "r--p", "/opt/deno"),
    entry("3000-6000", "r-xp", "/opt/deno"),
    // Relocated at the start, and protected afterwards: another read of the file would undo that.
    entry("6000-7000", "r--p", "/opt/deno", 4),
    entry("7000-8000", "rw-p", "/opt/deno"),
    entry("8000-9000", "r--s", "/opt/deno"),
    entry("9000-a000", "r-xp", "/opt/deno2"),
    entry("a000-b000", "rw-p", ""),
    entry("b000-c000", "r-xp", "/usr/lib/libc.so.6"),
  ].join("");
  assert.deepEqual(unchangedMappings(smaps, "/opt/deno"), [
    { start: 0x1000n, length: 0x2000n },
    { start: 0x3000n, length: 0x3000n },
  ]);
});

test("releaseProgramPages() unmaps pages of Deno, which goes on, without a permission to read", async () => {
  const module = new URL("../../src/ffi/mod.ts", import.meta.url).href;
  const script = `
    import { libc } from ${JSON.stringify(module)};
    const size = () => Number(/^RssFile:\\s+(\\d+)/m.exec(libc.readSmallFile("/proc/self/status"))[1]);
    const before = size();
    libc.releaseProgramPages();
    const after = size();
    await new Promise((resolve) => setTimeout(resolve, 1));
    console.log(JSON.stringify([before, after]));`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-ffi",
      `data:text/javascript,${encodeURIComponent(script)}`,
    ],
    stderr: "inherit",
  }).output();
  assert.ok(success);
  const [before, after] = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(after < before / 2, `${before} KiB before, ${after} after`);
});
