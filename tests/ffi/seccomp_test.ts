/** The filter of system calls. @module */
import assert from "node:assert/strict";
import {
  assembleFilter,
  refusableSystemCalls,
  type SystemCall,
} from "../../src/ffi/libc/seccomp.ts";

const arches = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 } as const;
type Arch = keyof typeof arches;

const allow = 0x7fff_0000;
const eperm = 0x0005_0001;

/** Runs a filter as the kernel does, for the four instructions that it has. */
function decide(filter: Uint8Array<ArrayBuffer>, number: number, arch: number): number {
  const view = new DataView(filter.buffer);
  let loaded = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const operand = view.getUint32(8 * at + 4, true);
    const jump = (isTrue: boolean) => view.getUint8(8 * at + (isTrue ? 2 : 3));
    switch (view.getUint16(8 * at, true)) {
      case 0x20:
        loaded = operand === 0 ? number : arch;
        break;
      case 0x15:
        at += jump(loaded === operand);
        break;
      case 0x35:
        at += jump(loaded >= operand);
        break;
      case 0x06:
        return operand;
      default:
        assert.fail("An instruction is unknown");
    }
  }
  assert.fail("The filter has no end");
}

/** Numbers of calls that a server makes: read, write, close, futex, clone, mmap. */
const needed = { x86_64: [0, 1, 3, 202, 56, 9], aarch64: [63, 64, 57, 98, 220, 222] };
const execve = { x86_64: 59, aarch64: 221 };
const ptrace = { x86_64: 101, aarch64: 117 };

for (const arch of Object.keys(arches) as Arch[]) {
  Deno.test(`The filter of ${arch} refuses what is named and allows the rest`, () => {
    const filter = assembleFilter(refusableSystemCalls, arch);
    for (const number of needed[arch]) assert.equal(decide(filter, number, arches[arch]), allow);
    for (const number of [execve[arch], ptrace[arch]]) {
      assert.equal(decide(filter, number, arches[arch]), eperm);
    }
    const some: SystemCall[] = ["ptrace"];
    const small = assembleFilter(some, arch);
    assert.equal(decide(small, execve[arch], arches[arch]), allow);
    assert.equal(decide(small, ptrace[arch], arches[arch]), eperm);
  });

  Deno.test(`The filter of ${arch} refuses calls of another architecture`, () => {
    const filter = assembleFilter(["ptrace"], arch);
    const other = arches[arch === "x86_64" ? "aarch64" : "x86_64"];
    assert.equal(decide(filter, needed[arch][0], other), eperm);
    // AUDIT_ARCH_I386, by which a 64-bit program reaches the calls of 32-bit ones.
    assert.equal(decide(filter, needed[arch][0], 0x4000_0003), eperm);
  });
}

Deno.test("The filter of x86_64 refuses the numbers of the x32 ABI", () => {
  const filter = assembleFilter(["ptrace"], "x86_64");
  assert.equal(decide(filter, 0x4000_0000 | 1, arches.x86_64), eperm);
});
