/** Order of the nodes of a graph. @module */

/** An edge from one node to another, by their ids. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** The ids of nodes, each after all nodes that it depends on, or the ids along a cycle: first and last are the same. */
export type Order =
  | { readonly order: readonly string[]; readonly cycle?: undefined }
  | { readonly order?: undefined; readonly cycle: readonly string[] };

/** Orders nodes by depth-first search, in the order in which they are given where the edges leave a choice. */
export function topologicalOrder(ids: readonly string[], edges: readonly Edge[]): Order {
  const sources = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) sources.get(to)!.push(from);
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (id: string): readonly string[] | undefined => {
    if (done.has(id)) return;
    const at = path.indexOf(id);
    // The path follows edges backwards.
    if (at >= 0) return [...path.slice(at), id].reverse();
    path.push(id);
    for (const source of sources.get(id)!) {
      const cycle = visit(source);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(id);
    order.push(id);
  };
  for (const id of ids) {
    const cycle = visit(id);
    if (cycle) return { cycle };
  }
  return { order };
}
