import { loadFileDescriptors } from "../../../api/mod.ts";
import { readFileDescriptor, Schema } from "../../../grpc/reflection/mod.ts";

let contract: Schema | undefined;

/** Returns the schema of signer's own contract, which needs no server. */
export async function contractSchema(): Promise<Schema> {
  const files = await loadFileDescriptors();
  return contract ??= new Schema(
    files.map(({ descriptor }) => readFileDescriptor(Uint8Array.fromBase64(descriptor))),
  );
}
