/**
 * Golden scripts: the behaviour of the program at a shell. A script is a text of commands, one per line, and of the
 * files that they use, each after a line `-- NAME --`:
 *
 *     # A comment.
 *     exec signer keygen --type ed25519 --out key.pem     must exit with 0
 *     stderr 'thumbprint: (?<ID>\S+)'                     the output of the last program matches
 *     ! exec signer keygen --type ed25519 --out key.pem   must exit with another status
 *     status 2                                            the exit status of the last program
 *     ! stdout .                                          does not match
 *     mode key.pem 0600                                   permissions of a file
 *     chmod 0644 key.pem
 *     exists key.pem                                      also: ! exists
 *     grep ^-----BEGIN key.pem                            the content of a file matches; also: ! grep
 *     cmp stdout want.txt                                 the same content; `stdout` and `stderr` are files too
 *     cp stdout saved.txt
 *     env NAME=value
 *     stdin input.txt                                     the input of the next program
 *     exec signer serve --tcp 127.0.0.1:0 &               in the background
 *     ready 'tcp:(?<ADDRESS>\S+)'                         its standard output matches, in time
 *     send 'text\r'                                       types text into it; \r \n \xNN
 *     kill SIGTERM
 *     wait                                                waits for its end; sets stdout, stderr and status
 *     needs openssl                                       the script is ignored if this program is missing
 *
 * Words are separated by spaces, or enclosed in single quotes, where '' is a quote. `${NAME}` is a variable of `env`,
 * a named group of an earlier match, or `WORK`, the working directory of the script. Patterns are JavaScript's, with
 * the `m` flag.
 *
 * @module
 */
/** One command of a script. */
export interface Line {
  readonly number: number;
  readonly negated: boolean;
  readonly command: string;
  readonly words: readonly string[];
}

/** A parsed script. */
export interface Script {
  readonly lines: readonly Line[];
  readonly files: ReadonlyMap<string, string>;
}

/** Parses a script. */
export function parseScript(text: string): Script {
  const [commands = "", ...sections] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let at = 0; at < sections.length; at += 2) files.set(sections[at]!, sections[at + 1]!);
  const lines: Line[] = [];
  for (const [index, line] of commands.split("\n").entries()) {
    const words = wordsOf(line);
    const negated = words[0] === "!";
    const [command, ...rest] = negated ? words.slice(1) : words;
    if (command) lines.push({ number: index + 1, negated, command, words: rest });
  }
  return { lines, files };
}

/** Returns the programs that a script needs. */
export function needsOf(script: Script): string[] {
  return script.lines.filter(({ command }) => command === "needs").flatMap(({ words }) => words);
}

/** Splits a line at spaces outside single quotes, and drops a comment: `#` at the start of a word. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/#.*|(?:'(?:[^']|'')*'|[^\s'])+/g)) {
    if (word.startsWith("#")) break;
    words.push(word.replace(/'((?:[^']|'')*)'/g, (_, quoted) => quoted.replaceAll("''", "'")));
  }
  return words;
}
