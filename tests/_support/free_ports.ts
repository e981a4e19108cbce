/** Free TCP ports for programs of other projects, which cannot be told to choose one. @module */

/** Ports of outgoing connections begin at 32,768 (ip(7), ip_local_port_range): none of them takes these. */
const [LEAST, LIMIT] = [10_000, 32_000];

/** The most ports that are tried. */
const MAX_ATTEMPTS = 1_000;

/** Returns ports of 127.0.0.1 on which nothing listens. They stay free unless another test chooses the same ones. */
export function freePorts(count: number): number[] {
  const held: Deno.TcpListener[] = [];
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS && held.length < count; attempt++) {
      const port = LEAST + Math.floor(Math.random() * (LIMIT - LEAST));
      try {
        held.push(Deno.listen({ hostname: "127.0.0.1", port }));
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
    if (held.length < count) throw new Error(`There are not ${count} free ports`);
    return held.map(({ addr }) => addr.port);
  } finally {
    for (const listener of held) listener.close();
  }
}
