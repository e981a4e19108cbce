/** Manifests of pipelines for commands: from a file, and as a message. @module */
import type { ManifestInit } from "../../../api/mod.ts";
import { createRegistry, type Manifest, PipelineError } from "../../../pipeline/mod.ts";
import { readManifestText } from "../../../pipeline/text/mod.ts";
import { usageError } from "../../exit.ts";
import { readFile } from "../../read_file.ts";

/** Reads and validates the file of a manifest. @throws {CliError} */
export function loadManifest(file: string): Manifest {
  const text = new TextDecoder().decode(readFile(file));
  try {
    return readManifestText(text, createRegistry());
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw usageError(`${JSON.stringify(file)}: ${error.message}`);
  }
}

/** Converts a manifest to its message. */
export function wireManifest(
  { nodes, connections, limits, inputs, outputs, ...rest }: Manifest,
): ManifestInit {
  return {
    ...rest,
    limits,
    connections: [...connections],
    inputs: [...inputs],
    outputs: [...outputs],
    nodes: nodes.map(({ id, type, parameters }) => ({
      id,
      type,
      parametersJson: JSON.stringify(parameters),
    })),
  };
}
