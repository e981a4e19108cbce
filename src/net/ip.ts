/** Numeric IP addresses as text and as bytes. @module */

/** An octet of an IPv4 address, without leading zeros (RFC 6943 section 3.1.1). */
const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

function isIpv4(text: string): boolean {
  return ipv4.test(text);
}

/** Reports whether a text is an IPv6 address without a zone. */
function isIpv6(text: string): boolean {
  return text.includes(":") && /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

/** Parses a numeric IP address into 4 or 16 bytes in network order; undefined for any other text. */
export function parseIp(text: string): Uint8Array | undefined {
  if (isIpv4(text)) return Uint8Array.from(text.split("."), Number);
  if (!isIpv6(text)) return undefined;
  // RFC 4291 section 2.2: an IPv4 tail is two groups, and "::" is the missing groups of zeros.
  const tail = /[^:]*\.[^:]*$/.exec(text)?.[0];
  let plain = text;
  if (tail !== undefined) {
    const [a, b, c, d] = tail.split(".").map(Number);
    const groups = [a << 8 | b, c << 8 | d].map((group) => group.toString(16));
    plain = text.slice(0, -tail.length) + groups.join(":");
  }
  const [head, rest] = plain.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  [...before, ...zeros, ...after].forEach((group, i) => view.setUint16(2 * i, parseInt(group, 16)));
  return bytes;
}

/** Formats an IP address of 4 or 16 bytes, IPv6 by RFC 5952 (mapped IPv4 by section 5). */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && view.getUint16(10) === 0xffff) {
    return `::ffff:${bytes.subarray(12).join(".")}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(2 * i).toString(16));
  // The URL standard's serializer of IPv6 hosts is RFC 5952's.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
