/** Bounded reads into memory of the caller, which can zero it. @module */

/**
 * Reads until `room` is full or the source has ended.
 *
 * @param read reads into the rest of the room; 0 or null at the end
 * @returns the filled part of the room
 */
export async function fill(
  room: Uint8Array,
  read: (rest: Uint8Array) => Promise<number | null>,
): Promise<Uint8Array> {
  let length = 0;
  while (length < room.length) {
    const count = await read(room.subarray(length));
    if (!count) break;
    length += count;
  }
  return room.subarray(0, length);
}
