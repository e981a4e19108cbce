/**
 * The scheduling of calls on one thread: turns for peers and connections, cheap work before expensive work, and
 * refusal of work that cannot be done in time. Both stacks use it.
 *
 * @module
 */
export * from "./due_heap.ts";
export { type Lane } from "./lane.ts";
export * from "./unit_work.ts";
export * from "./work.ts";
export * from "./work_queue.ts";
export * from "./cost_classes.ts";
