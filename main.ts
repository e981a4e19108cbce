import { run } from "./src/cli/mod.ts";

// A command that has returned is done, whatever it left open; and output is written synchronously, so
// nothing is lost by ending here.
Deno.exit(await run(Deno.args));
