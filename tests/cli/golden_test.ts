import { gate } from "../_support/gate.ts";
import { isInstalled } from "../_support/is_installed.ts";
import { needsOf, parseScript } from "./_script.ts";
import { runScript } from "./_script_run.ts";

const [test, scripts] = await gate(["env", "read", "run", "write"], async () => {
  const folder = new URL("testdata/", import.meta.url);
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".txt")) found[name] = await Deno.readTextFile(new URL(name, folder));
  }
  return found;
});

const root = new URL("../../", import.meta.url);

/** Returns the command that starts the program as in the README, from any folder. */
function signer(): string[] {
  const config = new URL("deno.json", root).pathname;
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "-P",
    "--config",
    config,
    new URL("main.ts", root).pathname,
  ];
}

test("there are golden scripts", () => {
  if (Object.keys(scripts).length === 0) {
    throw new Error("there are no scripts in tests/cli/testdata");
  }
});

for (const [name, text] of Object.entries(scripts).sort()) {
  const script = parseScript(text);
  const missing = needsOf(script).filter((program) => !isInstalled(program));
  const reason = missing.length > 0 ? ` (needs the programs ${missing.join(", ")})` : "";
  test({
    name: `golden script ${name}${reason}`,
    ignore: missing.length > 0,
    fn: () => runScript(script, signer()),
  });
}
