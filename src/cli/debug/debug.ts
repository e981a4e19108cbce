import { writeResult } from "../output.ts";
import { readDescription } from "./read.ts";

/** `debug ADDRESS`: prints the description of a server, as JSON. */
export async function debug(address: string): Promise<void> {
  writeResult(`${JSON.stringify(await readDescription(address), null, 2)}\n`);
}
