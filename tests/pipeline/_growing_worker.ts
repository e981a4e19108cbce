/** A worker that returns its inputs with the number of its executions so far, and says after each that it has grown. @module */
import type {
  OpenMessage,
  WorkerAnswer,
  WorkerRequest,
} from "../../src/pipeline/workers/_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<OpenMessage | WorkerRequest>) => void;
  postMessage(answer: WorkerAnswer): void;
};
let count = 0;

scope.postMessage({ kind: "ready" });
scope.onmessage = ({ data: request }) => {
  if (request.kind !== "part") return;
  const { id, memory, isLast } = request;
  const metrics = {
    ...{ wallMs: 0, cpuMs: 0, memoryEstimateBytes: 0, allocatedBytes: 0, audioBytes: 0 },
    nodes: [],
  };
  const text = String(++count);
  if (isLast) scope.postMessage({ kind: "grown" });
  scope.postMessage({
    kind: "done",
    id,
    outputs: [["n0", { kind: "json", text }]],
    memory,
    metrics,
  });
};
