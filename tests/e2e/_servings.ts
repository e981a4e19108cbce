/** The ways in which a server serves, each with its options of `serve`: the stacks, and the native one with workers. */
export const servings: Readonly<Record<string, readonly string[]>> = {
  "native, 2 workers": ["--workers", "2"],
  "native, no workers": ["--workers", "0"],
  "grpc-js": ["--stack", "grpc-js"],
};
