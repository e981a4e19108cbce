/** A test file without a leak, which runs beside another one. @module */
Deno.test("a test that leaks nothing", () => {
  Deno.env.set("OTHER_HAS_RUN", "1");
});
