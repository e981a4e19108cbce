/**
 * A worker that dies, hangs or does not answer when an input says so. It says that it has grown, and returns the number of
 * parts so far, for `grow`. It returns other inputs.
 *
 * @module
 */
import type {
  Entries,
  OpenMessage,
  WorkerAnswer,
  WorkerRequest,
} from "../../src/pipeline/workers/_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<OpenMessage | WorkerRequest>) => void;
  postMessage(answer: WorkerAnswer): void;
};

let parts = 0;

scope.postMessage({ kind: "ready" });
scope.onmessage = ({ data: request }) => {
  if (request.kind !== "part") return;
  parts++;
  const [[, value] = []] = request.inputs ?? [];
  const word = value?.kind === "json" ? JSON.parse(value.text) : undefined;
  if (word === "wait") return;
  if (word === "hang") { for (;;); }
  if (word === "die") throw new Error("out of memory");
  const metrics = {
    ...{ wallMs: 0, cpuMs: 0, memoryEstimateBytes: 0, allocatedBytes: 0, audioBytes: 0 },
    nodes: [],
  };
  if (word === "grow" && request.isLast) scope.postMessage({ kind: "grown" });
  const outputs: Entries = word === "grow"
    ? [["n0", { kind: "json", text: String(parts) }]]
    : request.inputs ?? [];
  scope.postMessage({ kind: "done", id: request.id, outputs, memory: request.memory, metrics });
};
