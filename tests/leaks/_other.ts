/** A test file without a leak, which runs beside another one. @module */
Deno.test("a test that leaks nothing", async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
});
