import { DerError, DerReader, encodeDer, Tag, unsignedInteger } from "./der.ts";

/**
 * The two layouts of an ECDSA signature (r, s):
 *
 * - DER: `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3)
 * - P1363: r and s side by side, each in as many bytes as the curve's order (RFC 7518 section 3.4)
 *
 * @module
 */

/**
 * Converts a signature from DER to P1363.
 *
 * @param scalarBytes the length of the curve's order: 32, 48 or 66
 * @returns undefined for anything but strict DER with two integers of at most that length
 */
export function p1363FromDer(der: Uint8Array, scalarBytes: number): Uint8Array | undefined {
  try {
    const outer = new DerReader(der);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    const r = sequence.readUnsigned();
    const s = sequence.readUnsigned();
    sequence.end();
    if (r.length > scalarBytes || s.length > scalarBytes) return undefined;
    const p1363 = new Uint8Array(2 * scalarBytes);
    p1363.set(r, scalarBytes - r.length);
    p1363.set(s, 2 * scalarBytes - s.length);
    return p1363;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Converts a signature from P1363 to DER; undefined for a wrong length. */
export function derFromP1363(p1363: Uint8Array, scalarBytes: number): Uint8Array | undefined {
  if (p1363.length !== 2 * scalarBytes) return undefined;
  const [r, s] = [p1363.subarray(0, scalarBytes), p1363.subarray(scalarBytes)];
  return encodeDer([Tag.SEQUENCE, unsignedInteger(r), unsignedInteger(s)]);
}
