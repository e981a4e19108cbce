/** The requests of the benchmark of pipelines. @module */
/** The rate of the audio, in hertz. */
export const SAMPLE_RATE = 44_100;

type Parameters = Readonly<Record<string, number>>;

/** Returns a manifest as a file has it: a chain of resamplers n0, n1, …, whose input is n0, and whose output is the last. */
export function manifestFile(nodes: readonly Parameters[]) {
  const ids = nodes.map((_, index) => `n${index}`);
  return {
    version: 1,
    nodes: nodes.map((parameters, index) => ({ id: ids[index]!, type: "resample", parameters })),
    connections: ids.slice(1).map((to, index) => ({ from: ids[index]!, to })),
    inputs: ["n0"],
    outputs: [ids.at(-1)!],
  } as const;
}

/** Returns the request to execute a chain of resamplers. */
export function executeRequest(
  nodes: readonly Parameters[],
  samples: Int16Array<ArrayBuffer>,
  limits: { readonly timeMs?: number } = {},
) {
  const { nodes: given, ...rest } = manifestFile(nodes);
  const wire = given.map(({ parameters, ...node }) => {
    return { ...node, parametersJson: JSON.stringify(parameters) };
  });
  const audio = {
    samples: new Uint8Array(samples.buffer),
    sampleRate: SAMPLE_RATE,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  };
  return { manifest: { ...rest, nodes: wire, limits }, inputs: [{ name: "n0", audio }] };
}

/** Returns seconds of noise. */
export function noise(seconds: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: SAMPLE_RATE * seconds }, () => Math.random() * 20_000);
}
