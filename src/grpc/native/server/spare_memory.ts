/** Memory that a thread keeps for its next load. @module */
import { clearBufferPools } from "../../../http2/mod.ts";

/** V8's function with `--expose-gc`. */
type CollectGarbage = (
  options: { readonly type: "major"; readonly execution: "sync" },
) => void;

/**
 * Drops the pooled buffers of the calling thread. With `--expose-gc`, V8 collects garbage and returns free pages to the
 * kernel, which takes some 25 ms; without it, that is left to the next load.
 */
export function releaseSpareMemory(): void {
  clearBufferPools();
  const { gc } = globalThis as { gc?: CollectGarbage };
  // Once: V8 drops compiled code that several collections in a row have not seen run, as those of the flavor last-resort.
  gc?.({ type: "major", execution: "sync" });
}
