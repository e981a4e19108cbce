/** Libraries that nodes load when they are needed. @module */

/** Makes a function that loads a library at its first call, and again after a failure. Calls meanwhile share the load. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    return loaded ??= load().catch((error) => {
      loaded = undefined;
      throw error;
    });
  };
}
