/** Certificates for tests of TLS, issued by a CA in this process. @module */
import { encodePem } from "../../src/crypto/encoding/mod.ts";
import { issueCertificate, openProvider, type PrivateKey } from "../../src/crypto/mod.ts";
import { openLibcrypto, type Pkey, type TlsIdentity } from "../../src/ffi/mod.ts";

// Opened outside of tests: libcrypto stays loaded, and the sanitizer would report the first test for it.
const { provider } = openProvider("openssl");

const DAY_MS = 86_400_000;

/** The properties in which a test's certificate differs from the default. */
export interface Variation {
  readonly usage?: "ca" | "server" | "client";
  readonly names?: readonly string[];
  /** Validity in days from now; by default from -1 to 1. */
  readonly from?: number;
  readonly until?: number;
}

/** A key and its certificate, in the form that TLS takes. */
export interface Certified extends TlsIdentity, Disposable {
  readonly key: Pkey;
  /** The same key in PEM. */
  readonly privateKey: Uint8Array;
}

/** A CA of a test. */
export class TestCa implements Disposable {
  /** Its certificate in PEM. */
  readonly pem: Uint8Array;
  readonly #key: PrivateKey;
  readonly #name = [["CN", "Test CA"]] as const;

  private constructor(key: PrivateKey) {
    this.#key = key;
    const subject = this.#name;
    this.pem = encodePem(
      "CERTIFICATE",
      issueCertificate(
        { subject, publicKey: key.publicKey, usage: "ca", ...validity({}) },
        { name: subject, key },
      ),
    );
  }

  static async create(): Promise<TestCa> {
    return new TestCa(await provider.generate("ecdsa-p256"));
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
      certificates: encodePem("CERTIFICATE", certificate),
      key: pkey,
      privateKey: encodePem("PRIVATE KEY", key.exportPkcs8()),
      [Symbol.dispose]: () => pkey[Symbol.dispose](),
    };
  }

  [Symbol.dispose](): void {
    this.#key[Symbol.dispose]();
  }
}

function validity({ from = -1, until = 1 }: Variation) {
  const at = (days: number) => new Date(Date.now() + days * DAY_MS);
  return { notBefore: at(from), notAfter: at(until) };
}
