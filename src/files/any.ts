/** Files of any kind, for a command that reads each once. @module */
import { Content } from "./content.ts";
import { failureOf, tooLarge } from "./errors.ts";

/**
 * Reads a file of at most `maxBytes` bytes. A pipe, such as that of `<(command)`, is read to its end; opening a named one
 * waits for its writer.
 *
 * @throws {FileError} `NOT_FOUND`, `UNREADABLE`, `TOO_LARGE`
 */
export function readAnyFile(path: string, maxBytes: number): Uint8Array {
  try {
    using file = Deno.openSync(path);
    const content = new Content(path, file.statSync().size, maxBytes);
    for (;;) {
      const count = file.readSync(content.room);
      if (count === null) return content.bytes;
      content.take(count);
    }
  } catch (cause) {
    throw failureOf(path, cause);
  }
}

/**
 * Reads a stream of at most `maxBytes` bytes to its end.
 *
 * @param name the name of the stream in messages
 * @throws {FileError} `UNREADABLE`, `TOO_LARGE`
 */
export async function readStream(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(name, maxBytes);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw failureOf(name, cause);
  }
  return await new Blob(chunks as BlobPart[]).bytes();
}
