/** The permissions and the measurement of the tests of attacks. @module */
import { gate } from "../_support/gate.ts";

const [test, { measure, summary }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_measure.ts"),
);

export { measure, summary, test };
