/** Files with certificates, as `signer serve` reads them. @module */
import { TestCa, type Variation } from "./certificates.ts";

/** A folder with the files of a CA and of its certificates, which is there until it is disposed of. */
export class TlsFiles implements AsyncDisposable {
  private constructor(readonly folder: string, readonly ca: TestCa) {}

  /** Creates the folder, with the CA's certificate in `ca.pem`. */
  static async create(): Promise<TlsFiles> {
    const files = new TlsFiles(await Deno.makeTempDir(), await TestCa.create());
    await Deno.writeFile(files.path("ca.pem"), files.ca.pem);
    return files;
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Issues a certificate, and writes it and its key to `NAME.pem` and `NAME.key`. */
  async issue(name: string, variation: Variation = {}): Promise<void> {
    using certified = await this.ca.issue(variation);
    await Deno.writeFile(this.path(`${name}.pem`), certified.certificates);
    await Deno.writeFile(this.path(`${name}.key`), certified.privateKey, { mode: 0o600 });
  }

  /** Returns the options of `serve` and `call` that name certificates. */
  options(...names: string[]): string[] {
    return names.flatMap((name) => [
      ...["--tls-cert", this.path(`${name}.pem`), "--tls-key", this.path(`${name}.key`)],
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ca[Symbol.dispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
