/** The encoding of EC keys: RFC 5480, RFC 5915 (SEC 1), RFC 7518 section 6.2 (JWK). @module */
import { type KeyTypeInfo, keyTypesOf } from "../../algorithms/mod.ts";
import { CryptoError } from "../../errors.ts";
import { curveNames, refuseKind } from "../_refusals.ts";
import { DerError, DerReader, Tag } from "../der.ts";
import type { FamilyCodec, PrivateParts } from "./codec.ts";

/** The first bytes of a point (SEC 1 section 2.3.3): uncompressed, or compressed with y even or odd. */
const UNCOMPRESSED = 0x04;
const COMPRESSED_EVEN = 0x02;
const COMPRESSED_ODD = 0x03;

/** The codec of EC keys on the curves of the table. */
export const ecCodec: FamilyCodec<"ec"> = {
  readParameters(reader) {
    const info = readCurve(reader);
    reader.end();
    return info;
  },

  parameters: ({ curveOid }) => [[Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(curveOid)]],

  readPublic(key, named) {
    const { scalarBytes } = named!;
    if (key[0] === COMPRESSED_EVEN || key[0] === COMPRESSED_ODD) {
      const remedy = "convert it with `openssl ec -pubin -conv_form uncompressed`";
      throw new CryptoError(
        "KEY_REFUSED",
        `Refused a public key with a compressed point: ${remedy}`,
      );
    }
    if (key[0] !== UNCOMPRESSED || key.length !== 1 + 2 * scalarBytes) {
      throw new DerError("Not an uncompressed point of the curve");
    }
    const numbers = { x: key.subarray(1, 1 + scalarBytes), y: key.subarray(1 + scalarBytes) };
    return { info: named!, numbers };
  },

  publicKey: ({ x, y }) => [Uint8Array.of(UNCOMPRESSED), x, y],

  isSamePublic(found, expected) {
    const compressed = found[0] === COMPRESSED_EVEN || found[0] === COMPRESSED_ODD;
    const first = compressed ? COMPRESSED_EVEN | expected[expected.length - 1] & 1 : UNCOMPRESSED;
    const length = compressed ? (expected.length + 1) / 2 : expected.length;
    return found.length === length && found[0] === first &&
      found.every((byte, i) => i === 0 || byte === expected[i]);
  },

  readPrivate: (key, named) => readSec1(key, named!),

  privateKey({ numbers: { d } }) {
    return [[Tag.SEQUENCE, [Tag.INTEGER, Uint8Array.of(1)], [Tag.OCTET_STRING, d]]];
  },

  publicMembers: (info) => ({ x: info!.scalarBytes, y: info!.scalarBytes }),

  privateMembers: (info) => ({ d: info!.scalarBytes }),

  fromMembers(members, named) {
    const { d, x, y } = members;
    return checked(named!, d, [Uint8Array.of(UNCOMPRESSED, ...x, ...y)]);
  },
};

/**
 * Reads an ECPrivateKey (RFC 5915 section 3).
 *
 * @param named the curve that a PKCS#8 file names; undefined if the key itself must name it
 */
export function readSec1(
  key: Uint8Array,
  named: KeyTypeInfo<"ec"> | undefined,
): PrivateParts<"ec"> {
  const outer = new DerReader(key);
  const fields = outer.enter(Tag.SEQUENCE);
  outer.end();
  const version = fields.readUnsigned();
  if (version.length !== 1 || version[0] !== 1) throw new DerError("Not a version of SEC 1");
  const d = fields.read(Tag.OCTET_STRING);
  let info = named;
  if (fields.peek() === Tag.CONTEXT_0) {
    const parameters = fields.enter(Tag.CONTEXT_0);
    info = readCurve(parameters);
    parameters.end();
    if (named !== undefined && info !== named) {
      const message =
        `The EC key is damaged: it names two curves, ${named.jwk.crv} and ${info.jwk.crv}`;
      throw new CryptoError("BAD_KEY", message);
    }
  }
  if (info === undefined) throw new DerError("The key names no curve");
  const publicKeys: Uint8Array[] = [];
  if (fields.peek() === Tag.CONTEXT_1) {
    const explicit = fields.enter(Tag.CONTEXT_1);
    publicKeys.push(explicit.readBits());
    explicit.end();
  }
  fields.end();
  return checked(info, d, publicKeys);
}

/** Checks the secret, and pads it to the curve's length: some writers leave out its leading zeros. */
function checked(
  info: KeyTypeInfo<"ec">,
  secret: Uint8Array,
  publicKeys: readonly Uint8Array[],
): PrivateParts<"ec"> {
  const { scalarBytes, order } = info;
  if (secret.length > scalarBytes) {
    throw new DerError("The secret is longer than the curve's order");
  }
  const d = new Uint8Array(scalarBytes);
  d.set(secret, scalarBytes - secret.length);
  if (!isInRange(d, Uint8Array.fromHex(order))) {
    d.fill(0);
    throw new CryptoError("BAD_KEY", "The EC key is damaged: its secret is out of range");
  }
  return { info, numbers: { d }, publicKeys };
}

/** Checks that 0 < d < order, for numbers of the same length (SP 800-56A section 5.6.1.2). */
function isInRange(d: Uint8Array, order: Uint8Array): boolean {
  const at = d.findIndex((byte, i) => byte !== order[i]);
  return at >= 0 && d[at] < order[at] && d.some((byte) => byte !== 0);
}

/** Reads the named curve that comes next. A curve spelled out by its parameters is refused. */
function readCurve(reader: DerReader): KeyTypeInfo<"ec"> {
  if (reader.peek() === Tag.SEQUENCE) throw refuseKind("a curve given by explicit parameters");
  const oid = reader.read(Tag.OBJECT_IDENTIFIER).toHex();
  const info = keyTypesOf("ec").find(({ curveOid }) => curveOid === oid);
  if (info === undefined) throw refuseKind(curveNames[oid] ?? "an unknown curve");
  return info;
}
