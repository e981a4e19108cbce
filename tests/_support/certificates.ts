/** Certificates for tests of TLS, made when they are needed. @module */
import { X509Certificate } from "node:crypto";
import { type DerValue, encodeDer, encodePem, Tag } from "../../src/crypto/encoding/mod.ts";
import { issueCertificate, openProvider, type PrivateKey } from "../../src/crypto/mod.ts";
import { signed } from "../../src/crypto/x509/certificate.ts";
import { type DistinguishedName, encodeName } from "../../src/crypto/x509/name.ts";
import { signatureAlgorithm } from "../../src/crypto/x509/signature_algorithm.ts";
import { openLibcrypto, type Pkey, TlsContext, type TlsIdentity } from "../../src/ffi/mod.ts";
import { socketsSupported } from "../../src/net/mod.ts";

// Opened here: libraries and the ALPN callback stay, which is no leak of the test that needs them first.
const { provider } = openProvider("openssl");
socketsSupported();
new TlsContext({
  role: "server",
  minVersion: "1.3",
  identity: undefined,
  ca: undefined,
  crl: undefined,
  peerCertificate: "none",
})[Symbol.dispose]();

const DAY_MS = 86_400_000;
const UTC_TIME = 0x17;

/** The properties in which a certificate of a test differs from others. */
export interface Variation {
  readonly usage?: "ca" | "server" | "client";
  readonly names?: readonly string[];
  /** Days from now; -1 and 1 unless given. */
  readonly from?: number;
  readonly until?: number;
}

/** A key and a certificate for it, as TLS takes them. */
export interface Certified extends TlsIdentity, Disposable {
  readonly key: Pkey;
  /** The same key in PEM. */
  readonly privateKey: Uint8Array;
}

/** A CA of a test: a root, or below one. */
export class TestCa implements Disposable {
  /** Its certificate in PEM. */
  readonly pem: Uint8Array;
  readonly #key: PrivateKey;
  readonly #name: DistinguishedName;
  /** The certificates between its own certificates and the root, in PEM. */
  readonly #chain: Uint8Array;

  private constructor(key: PrivateKey, depth: number, issuer?: TestCa) {
    this.#key = key;
    this.#name = [["CN", depth === 0 ? "Test CA" : `Test CA ${depth}`]];
    const subject = this.#name;
    this.pem = encodePem(
      "CERTIFICATE",
      issueCertificate(
        { subject, publicKey: key.publicKey, usage: "ca", ...validity({}) },
        issuer === undefined ? { name: subject, key } : { name: issuer.#name, key: issuer.#key },
      ),
    );
    this.#chain = issuer === undefined ? new Uint8Array() : joined(this.pem, issuer.#chain);
  }

  static async create(): Promise<TestCa> {
    return new TestCa(await provider.generate("ecdsa-p256"), 0);
  }

  /** Creates a CA so many steps below another one. The steps between keep no key. */
  static async below(root: TestCa, steps: number): Promise<TestCa> {
    let ca = root;
    for (let depth = 1; depth <= steps; depth++) {
      const next = new TestCa(await provider.generate("ecdsa-p256"), depth, ca);
      if (ca !== root) ca[Symbol.dispose]();
      ca = next;
    }
    return ca;
  }

  /** Its private key in PEM. */
  get privateKey(): Uint8Array {
    return encodePem("PRIVATE KEY", this.#key.exportPkcs8());
  }

  async issue(variation: Variation = {}): Promise<Certified> {
    const { usage = "server", names = ["localhost", "127.0.0.1"] } = variation;
    using key = await provider.generate("ecdsa-p256");
    const certificate = issueCertificate({
      subject: [["CN", "test"]],
      publicKey: key.publicKey,
      usage,
      alternativeNames: names,
      ...validity(variation),
    }, { name: this.#name, key: this.#key });
    const pkey = openLibcrypto().readPkcs8(key.exportPkcs8());
    return {
      certificates: joined(encodePem("CERTIFICATE", certificate), this.#chain),
      key: pkey,
      privateKey: encodePem("PRIVATE KEY", key.exportPkcs8()),
      [Symbol.dispose]: () => pkey[Symbol.dispose](),
    };
  }

  /** Opens the context of a client that trusts this CA. */
  clientContext(
    identity?: TlsIdentity,
    { minVersion = "1.3", crl }: { minVersion?: "1.2" | "1.3"; crl?: Uint8Array | undefined } = {},
  ): TlsContext {
    return new TlsContext({
      role: "client",
      minVersion,
      identity,
      ca: this.pem,
      crl,
      peerCertificate: "require",
    });
  }

  /** Makes a list in PEM that revokes certificates (RFC 5280 section 5.1). It is valid for a day. */
  revoke(...certified: readonly Pick<TlsIdentity, "certificates">[]): Uint8Array {
    const { notBefore, notAfter } = validity({});
    const [algorithm] = this.#key.algorithms;
    const identifier = signatureAlgorithm(algorithm);
    const revoked = certified.map(({ certificates }): DerValue => {
      const { serialNumber } = new X509Certificate(certificates);
      return [Tag.SEQUENCE, [Tag.INTEGER, Uint8Array.fromHex(serialNumber)], time(notBefore)];
    });
    const content = encodeDer([
      Tag.SEQUENCE,
      [Tag.INTEGER, Uint8Array.of(1)],
      identifier,
      encodeName(this.#name),
      time(notBefore),
      time(notAfter),
      ...(revoked.length === 0 ? [] : [[Tag.SEQUENCE, ...revoked] as DerValue]),
    ]);
    const signature = this.#key.sign(algorithm, { message: content });
    return encodePem("X509 CRL", signed(content, identifier, signature));
  }

  [Symbol.dispose](): void {
    this.#key[Symbol.dispose]();
  }
}

function validity({ from = -1, until = 1 }: Variation) {
  const at = (days: number) => new Date(Date.now() + days * DAY_MS);
  return { notBefore: at(from), notAfter: at(until) };
}

function joined(...texts: readonly Uint8Array[]): Uint8Array {
  return new TextEncoder().encode(texts.map((text) => new TextDecoder().decode(text)).join(""));
}

function time(date: Date): DerValue {
  const text = date.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(/[-:T]/g, "").slice(2);
  return [UTC_TIME, new TextEncoder().encode(text)];
}
