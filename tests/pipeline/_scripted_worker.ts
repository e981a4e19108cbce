/** A worker that dies or hangs when an input says so, and else returns its inputs. @module */
import type {
  OpenMessage,
  WorkerAnswer,
  WorkerRequest,
} from "../../src/pipeline/workers/_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<OpenMessage | WorkerRequest>) => void;
  postMessage(answer: WorkerAnswer): void;
};

scope.postMessage({ kind: "ready" });
scope.onmessage = ({ data: request }) => {
  if (request.kind !== "part") return;
  const [[, value] = []] = request.inputs ?? [];
  const word = value?.kind === "json" ? JSON.parse(value.text) : undefined;
  if (word === "wait") return;
  if (word === "hang") { for (;;); }
  if (word === "die") throw new Error("out of memory");
  const metrics = {
    ...{ wallMs: 0, cpuMs: 0, memoryEstimateBytes: 0, allocatedBytes: 0, audioBytes: 0 },
    nodes: [],
  };
  const outputs = request.inputs ?? [];
  scope.postMessage({ kind: "done", id: request.id, outputs, memory: request.memory, metrics });
};
