/** Memory that is kept for the next load. @module */
import { libc } from "../../../ffi/mod.ts";
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
  // A single collection: V8 drops compiled code that has not run between several of them. That is why this is not the
  // flavor last-resort, which makes several. V8 also drops the code of classes that have no object: see `keepLastCall()`.
  gc?.({ type: "major", execution: "sync" });
}

let hasReleasedProgram = false;

/**
 * Returns memory of the process that malloc(3) keeps, and at the first call the pages of the program that its start has
 * read. To be called on the main thread, after `releaseSpareMemory()` on all of them.
 */
export function trimProcess(): void {
  libc.trimMemory();
  if (hasReleasedProgram) return;
  hasReleasedProgram = true;
  libc.releaseProgramPages();
}
