import assert from "node:assert/strict";
import { printable } from "../../src/printable/mod.ts";
import { table } from "../../src/cli/call/table.ts";

Deno.test("`printable()` escapes control and bidirectional characters", () => {
  assert.equal(
    printable("\x1b[2Ja\nb\x7f\u009b\u202e\u2028"),
    "\\u001b[2Ja\\u000ab\\u007f\\u009b\\u202e\\u2028",
  );
  assert.equal(printable("naïve 署名 🔑"), "naïve 署名 🔑");
});

Deno.test("`table()` aligns columns without trailing spaces", () => {
  assert.deepEqual(table(["A", "LONG"], [["wide", "x"], ["ü", ""]]), [
    "A     LONG",
    "wide  x",
    "ü",
  ]);
});
