/** Manifests as text: JSON and YAML 1.2, with line and column in errors. @module */
import { type Manifest, PipelineError, planOf, readManifest, type Registry } from "../mod.ts";
import { type Place, YamlText } from "../../yaml/mod.ts";

/** Characters of a manifest: many times as many as one of 20 nodes needs. */
const MAX_TEXT = 65_536;

/** Reads and validates the text of a manifest. @throws {PipelineError} BAD_MANIFEST with line and column */
export function readManifestText(text: string, registry: Registry): Manifest {
  if (text.length > MAX_TEXT) {
    throw new PipelineError(
      "BAD_MANIFEST",
      `The manifest has ${text.length} characters: at most ${MAX_TEXT} are read`,
    );
  }
  const document = YamlText.parse(text);
  const [problem] = document.problems;
  if (problem !== undefined) {
    throw new PipelineError("BAD_MANIFEST", `${at(problem.place)}: ${problem.message}`);
  }
  try {
    const manifest = readManifest(document.value);
    planOf(manifest, registry);
    return manifest;
  } catch (error) {
    if (!(error instanceof PipelineError) || error.path === undefined) throw error;
    const { code, message, path, node } = error;
    throw new PipelineError(code, `${at(document.placeOf(path))}: ${message}`, {
      path,
      ...node === undefined ? {} : { node },
    });
  }
}

function at({ line, column }: Place): string {
  return `Line ${line}, column ${column}`;
}
