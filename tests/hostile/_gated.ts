/** The permissions and the measurement of the tests of attacks. @module */
import { gate } from "../_support/gate.ts";

const [test, { measure, RetainingServer, summary }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_measure.ts"),
    ...await import("./_retaining_process.ts"),
  }),
);

export { measure, RetainingServer, summary, test };
