/**
 * The names by which the carried libcrypto and libssl know each other.
 *
 * The loader links libssl with whatever library is loaded by the name `libcrypto.so.3`. Where the machine has an older
 * OpenSSL, that is the machine's: it is loaded to compare the versions, and is never unloaded (NODELETE). libssl then
 * fails with an undefined symbol. So the carried libraries use a name of their own.
 *
 * @module
 */

const decoder = new TextDecoder("latin1");

/** The name of libcrypto, and the one that replaces it, of the same length. */
const usual = "libcrypto.so.3";
const own = "libsigner.so.3";

// elf(5): files of 64 bits, little-endian.
const MAGIC = 0x7f454c46;
const CLASS_64_LITTLE_ENDIAN = 0x0201;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_STRTAB = 5n;
const DT_STRSZ = 10n;

/** A part of a file that is loaded into memory. */
interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Replaces the name `libcrypto.so.3` in the dynamic strings of a shared library, in place: in its own name, in those of
 * the libraries that it needs, and in those of its symbol versions.
 *
 * @throws {Error} for a file that is no ELF library of 64 bits and little-endian, or that has no such name
 */
export function useOwnNames(library: Uint8Array<ArrayBuffer>): void {
  const [start, end] = dynamicStrings(new DataView(library.buffer, library.byteOffset));
  const text = decoder.decode(library.subarray(start, end));
  let found = 0;
  for (let at = -1; (at = text.indexOf(`\0${usual}\0`, at + 1)) >= 0; found++) {
    library.set(new TextEncoder().encode(own), start + at + 1);
  }
  if (found === 0) throw new Error(`The library neither is nor needs ${usual}`);
}

/** Finds the table of dynamic strings: its first byte in the file, and the one after its last. */
function dynamicStrings(view: DataView): [start: number, end: number] {
  if (view.getUint32(0) !== MAGIC || view.getUint16(4) !== CLASS_64_LITTLE_ENDIAN) {
    throw new Error("The library is not an ELF file of 64 bits, little-endian");
  }
  const segments = segmentsOf(view);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) throw new Error("The library has no dynamic section");
  const values = new Map<bigint, number>();
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    values.set(view.getBigInt64(at, true), Number(view.getBigUint64(at + 8, true)));
  }
  const address = values.get(DT_STRTAB) ?? -1;
  const loaded = segments.find((each) =>
    each.type === PT_LOAD && each.address <= address && address < each.address + each.size
  );
  if (loaded === undefined) throw new Error("The library has no dynamic strings");
  const start = address - loaded.address + loaded.offset;
  return [start, start + (values.get(DT_STRSZ) ?? 0)];
}

function segmentsOf(view: DataView): Segment[] {
  const start = Number(view.getBigUint64(0x20, true));
  const length = view.getUint16(0x36, true);
  return Array.from({ length: view.getUint16(0x38, true) }, (_, index) => {
    const at = start + index * length;
    const number = (offset: number) => Number(view.getBigUint64(at + offset, true));
    return {
      type: view.getUint32(at, true),
      offset: number(0x08),
      address: number(0x10),
      size: number(0x20),
    };
  });
}
