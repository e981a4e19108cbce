/** The golden scripts' own commands. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { needsOf, parseScript } from "./_script.ts";
import { runScript } from "./_script_run.ts";

const [test] = await gate(["env", "read", "run", "write"], () => Promise.resolve({}));

/** Runs a script in which `signer` is a shell. */
function run(text: string): Promise<void> {
  return runScript(parseScript(text), ["sh"]);
}

Deno.test("`parseScript()` splits words, quotes, comments and files", () => {
  const { lines, files } = parseScript("# no\n! exec 'a b' c''d'''e' # no\n-- f --\nx\n-- g --\n");
  assert.deepEqual(lines, [
    { number: 2, negated: true, command: "exec", words: ["a b", "cd'e"] },
  ]);
  assert.deepEqual([...files], [["f", "x\n"], ["g", ""]]);
});

Deno.test("`needsOf()` lists the programs of a script", () => {
  assert.deepEqual(needsOf(parseScript("needs zsh fish\nexec true\nneeds script")), [
    "zsh",
    "fish",
    "script",
  ]);
});

test("a script that meets its expectations passes", async () => {
  await run(`
exec signer -c 'echo out; echo err >&2; cat; cat in'
stdout ^out$
stderr ^err$
! stdout err
cmp stdout want
cp stdout saved
exists saved
! exists other
stdin in
exec signer -c 'read line; echo "$line"'
cmp stdout in
stdout '(?<WORD>\\w+)'
env A=\${WORD}
exec signer -c 'echo "$A"; exit 0'
stdout ^in$
chmod 0640 saved
mode saved 0640
! exec signer -c 'exit 3'
status 3
exec signer -c 'echo ready 7; read line; echo "$line"; read more' &
ready 'ready (?<N>\\d)'
send 'text\${N}\\x21\\n'
ready ^text7!$
kill SIGTERM
wait
status 143
-- in --
in
-- want --
out
in
`);
});

for (
  const [what, text, why] of [
    ["a status that is not 0", "exec signer -c 'exit 4'", /line 1: exec .*exited with 4/],
    ["a status of 0 after `!`", "! exec signer -c :", /exited with 0/],
    ["another status", "! exec signer -c 'exit 4'\nstatus 5", /line 2: status 5/],
    ["output that does not match", "exec signer -c 'echo b'\nstdout a", /does not match/],
    ["output that matches after `!`", "exec signer -c 'echo b'\n! stdout b", /matches b/],
    ["files that differ", "exec signer -c 'echo b'\ncmp stdout f\n-- f --\na\n", /line 2: cmp/],
    ["another mode", "chmod 0600 f\nmode f 0644\n-- f --\n", /line 2: mode/],
    ["a file that is not there", "exists f", /f does not exist/],
    ["an end before what was waited for", "exec signer -c 'echo a' &\nready b", /ended without/],
    ["a command that there is not", "eat", /there is no command eat/],
    ["a variable that there is not", "exec signer ${X}", /there is no variable X/],
  ] as const
) {
  test(`a script fails on ${what}`, async () => {
    await assert.rejects(run(text), why);
  });
}
