/** Manifests as text: JSON and YAML 1.2, with line and column in errors. @module */
import { isNode, LineCounter, parseDocument } from "yaml";
import { type Manifest, PipelineError, planOf, readManifest, type Registry } from "../mod.ts";

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
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `Line ${line}, column ${col}`;
  };
  const document = parse(text, lines);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new PipelineError("BAD_MANIFEST", `${at(problem.pos[0])}: ${problem.message}`);
  try {
    const manifest = readManifest(toValue(document));
    planOf(manifest, registry);
    return manifest;
  } catch (error) {
    if (!(error instanceof PipelineError) || error.path === undefined) throw error;
    const { code, message, path, node } = error;
    throw new PipelineError(code, `${at(offsetOf(document, path))}: ${message}`, {
      path,
      ...node === undefined ? {} : { node },
    });
  }
}

type Document = ReturnType<typeof parseDocument>;

function parse(text: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  } catch (cause) {
    throw new PipelineError(
      "BAD_MANIFEST",
      "The manifest cannot be read: its values are nested too deeply",
      { cause },
    );
  }
}

/** Converts a document to plain values. Aliases are refused: they can stand for far more values than the text has. */
function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new PipelineError(
      "BAD_MANIFEST",
      "The manifest cannot be read: it has an alias, or is nested too deeply",
      { cause },
    );
  }
}

/** The place of the value at a path, or of the nearest value around it. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
