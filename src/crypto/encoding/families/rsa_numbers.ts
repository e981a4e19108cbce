/**
 * The consistency of the numbers of an RSA key, by arithmetic on 16-bit limbs, the least significant
 * first. A bigint would leave copies of the secret in the heap, which cannot be overwritten; every array
 * here is overwritten with zeros.
 *
 * @module
 */
import type { Numbers } from "./codec.ts";

type Limbs = Uint16Array;

/**
 * Checks the equations of RFC 8017 section 3.2 between the numbers of a two-prime key:
 *
 *     n = p q, p > 1, q > 1    dP = d mod (p - 1)    e dP = 1 mod (p - 1)    qInv q = 1 mod p
 *                              dQ = d mod (q - 1)    e dQ = 1 mod (q - 1)
 *
 * The primes are not tested for primality: that takes longer than a key may take to load.
 *
 * @param numbers all eight of RFC 7518 section 6.3, without leading zeros
 */
export function areRsaNumbersConsistent(numbers: Numbers): boolean {
  const used: Limbs[] = [];
  const keep = (limbs: Limbs) => {
    used.push(limbs);
    return limbs;
  };
  try {
    const [n, e, d, p, q, dp, dq, qi] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
      .map((name) => keep(fromBytes(numbers[name])));
    if (isSmall(p, 1) || isSmall(q, 1) || isSmall(p, 0) || isSmall(q, 0)) return false;
    if (!equal(keep(product(p, q)), n)) return false;
    const isExponentOf = (exponent: Limbs, prime: Limbs) => {
      // n is odd, so both primes are, and taking 1 away borrows nothing.
      const order = keep(prime.slice());
      order[0]--;
      return equal(keep(remainder(d, order)), exponent) &&
        isSmall(keep(remainder(keep(product(e, exponent)), order)), 1);
    };
    return (n[0] & 1) === 1 && isExponentOf(dp, p) && isExponentOf(dq, q) &&
      isSmall(keep(remainder(keep(product(qi, q)), p)), 1);
  } finally {
    for (const limbs of used) limbs.fill(0);
  }
}

function fromBytes(bytes: Uint8Array): Limbs {
  const limbs = new Uint16Array(Math.ceil(bytes.length / 2));
  for (let i = 0; i < bytes.length; i++) {
    const at = bytes.length - 1 - i;
    limbs[i >> 1] |= bytes[at] << (8 * (i & 1));
  }
  return limbs;
}

/** The product of two numbers. */
export function product(a: Limbs, b: Limbs): Limbs {
  const result = new Uint16Array(a.length + b.length);
  for (let i = 0; i < a.length; i++) {
    let carry = 0;
    for (let j = 0; j < b.length; j++) {
      // At most (2^16 - 1)^2 + 2 (2^16 - 1) = 2^32 - 1: a double holds it, 32 signed bits do not.
      const sum = a[i] * b[j] + result[i + j] + carry;
      result[i + j] = sum & 0xffff;
      carry = (sum >>> 16) & 0xffff;
    }
    result[i + b.length] = carry;
  }
  return result;
}

/** The remainder of a division (Knuth, The Art of Computer Programming, volume 2, algorithm 4.3.1 D). */
export function remainder(a: Limbs, modulus: Limbs): Limbs {
  const size = modulus.findLastIndex((limb) => limb !== 0) + 1;
  // Shifted so that the divisor's first bit is set, each estimated digit is at most 2 too large.
  const shift = Math.clz32(modulus[size - 1]) - 16;
  const divisor = shifted(modulus.subarray(0, size), shift).subarray(0, size);
  const rest = shifted(a, shift);
  for (let at = rest.length - 1 - size; at >= 0; at--) {
    const part = rest.subarray(at, at + size + 1);
    const digit = Math.floor((part[size] * 0x10000 + part[size - 1]) / divisor[size - 1]);
    let top = subtractProduct(part, divisor, Math.min(digit, 0xffff));
    while (top < 0) top += add(part, divisor);
    part[size] = top;
  }
  const result = new Uint16Array(size);
  for (let i = 0; i < size; i++) {
    result[i] = rest[i] >> shift | (rest[i + 1] ?? 0) << (16 - shift);
  }
  divisor.fill(0);
  rest.fill(0);
  return result;
}

/** A number shifted left by fewer than 16 bits, with a limb more. */
function shifted(limbs: Limbs, shift: number): Limbs {
  const result = new Uint16Array(limbs.length + 1);
  limbs.forEach((limb, i) => {
    result[i] |= limb << shift;
    result[i + 1] = limb >> (16 - shift);
  });
  return result;
}

/** Takes `digit` times `b` away from `a`, and returns the limb behind, which may be negative. */
function subtractProduct(a: Limbs, b: Limbs, digit: number): number {
  let borrow = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = a[i] - digit * b[i] - borrow;
    a[i] = difference & 0xffff;
    borrow = -Math.floor(difference / 0x10000);
  }
  return a[b.length] - borrow;
}

/** Adds `b` to `a`, and returns the carry to the limb behind. */
function add(a: Limbs, b: Limbs): number {
  let carry = 0;
  for (let i = 0; i < b.length; i++) {
    const sum = a[i] + b[i] + carry;
    a[i] = sum & 0xffff;
    carry = sum >> 16;
  }
  return carry;
}

/** Less than 0, 0 or more than 0 for a < b, a = b and a > b. */
function compare(a: Limbs, b: Limbs): number {
  for (let i = Math.max(a.length, b.length) - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function equal(a: Limbs, b: Limbs): boolean {
  return compare(a, b) === 0;
}

function isSmall(a: Limbs, value: number): boolean {
  return a.every((limb, i) => limb === (i === 0 ? value : 0));
}
