/** Prints the modes of socket files that are created under several umasks. @module */
import { Listener } from "../../src/net/mod.ts";
import { temporaryDirectory } from "./_transports.ts";

using directory = temporaryDirectory();
const cases: [umask: number, unixMode: number | undefined][] = [
  [0o000, undefined],
  [0o777, undefined],
  [0o077, 0o660],
  [0o022, 0o777],
];
for (const [umask, unixMode] of cases) {
  const path = `${directory.path}/${umask}-${unixMode}`;
  Deno.umask(umask);
  using _listener = Listener.open({ transport: "unix", path }, { unixMode });
  console.log((Deno.lstatSync(path).mode! & 0o777).toString(8));
}
