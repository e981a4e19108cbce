/** A count of the objects that a thread has from OpenSSL. @module */

/** Functions that return a new object, and functions that free one, by its type. References are not counted. */
const functions: Readonly<Record<string, { readonly makes: string[]; readonly frees: string[] }>> =
  {
    BIO: { makes: ["BIO_new_mem_buf"], frees: ["BIO_free"] },
    EVP_MD_CTX: { makes: ["EVP_MD_CTX_new"], frees: ["EVP_MD_CTX_free"] },
    EVP_PKEY: {
      makes: ["EVP_PKCS82PKEY", "EVP_PKEY_generate", "d2i_PUBKEY"],
      frees: ["EVP_PKEY_free"],
    },
    EVP_PKEY_CTX: {
      makes: ["EVP_PKEY_CTX_new_from_name", "EVP_PKEY_CTX_new_from_pkey"],
      frees: ["EVP_PKEY_CTX_free"],
    },
    PKCS8_PRIV_KEY_INFO: {
      makes: ["d2i_PKCS8_PRIV_KEY_INFO", "EVP_PKEY2PKCS8", "PKCS8_decrypt"],
      frees: ["PKCS8_PRIV_KEY_INFO_free"],
    },
    SSL: { makes: ["SSL_new"], frees: ["SSL_free"] },
    SSL_CTX: { makes: ["SSL_CTX_new"], frees: ["SSL_CTX_free"] },
    X509: { makes: ["PEM_read_bio_X509", "SSL_get1_peer_certificate"], frees: ["X509_free"] },
    X509_CRL: { makes: ["PEM_read_bio_X509_CRL"], frees: ["X509_CRL_free"] },
    X509_SIG: { makes: ["d2i_X509_SIG", "PKCS8_encrypt"], frees: ["X509_SIG_free"] },
  };

/** Objects that a thread keeps: an EVP_MD_CTX for each of SHA-256, SHA-384 and SHA-512 (`src/ffi/libcrypto/digest.ts`). */
const kept: Readonly<Record<string, number>> = { EVP_MD_CTX: 3 };

type NativeFunction = (...values: unknown[]) => unknown;
type Watcher = (result: unknown, values: readonly unknown[]) => void;

/** Counts the objects that libraries make which this thread opens from now on. */
export class OpenSslObjects {
  readonly #counts = new Map(Object.keys(functions).map((type) => [type, 0]));
  #before: ReadonlyMap<string, number> = new Map();

  constructor() {
    const watchers = this.#watchers();
    // Functions that are called by address (`src/ffi/_open_library.ts`).
    const byAddress = new Map<bigint, Watcher>();
    const open = Deno.dlopen;
    Deno.dlopen = (...values) => {
      const library = open(...values);
      const symbols = Object.entries<unknown>({ ...library.symbols }).map(([name, symbol]) => {
        const seen = watchers.get(name);
        if (seen === undefined) return [name, symbol];
        if (typeof symbol === "function") return [name, watch(symbol as NativeFunction, seen)];
        byAddress.set(Deno.UnsafePointer.value(symbol as Deno.PointerObject), seen);
        return [name, symbol];
      });
      return Object.assign(library, { symbols: Object.fromEntries(symbols) });
    };
    Deno.UnsafeFnPointer = class extends Deno.UnsafeFnPointer<Deno.ForeignFunction> {
      constructor(
        pointer: Deno.PointerObject<Deno.ForeignFunction>,
        definition: Deno.ForeignFunction,
      ) {
        super(pointer, definition);
        const seen = byAddress.get(Deno.UnsafePointer.value(pointer));
        if (seen) {
          this.call = watch(this.call.bind(this) as NativeFunction, seen) as typeof this.call;
        }
      }
    } as unknown as typeof Deno.UnsafeFnPointer;
  }

  /** Begins the comparison of `left()`. */
  begin(): void {
    this.#before = new Map(this.#counts);
  }

  /** Returns a line for each type of which there are more objects than at `begin()`. */
  left(): string[] {
    return [...this.#counts].flatMap(([type, count]) => {
      const more = count - (this.#before.get(type) ?? 0);
      return more > (kept[type] ?? 0) ? [`${more} ${type} of OpenSSL`] : [];
    });
  }

  /** Returns what to do after the call of a function, by its name. */
  #watchers(): ReadonlyMap<string, Watcher> {
    return new Map(
      Object.entries(functions).flatMap(([type, { makes, frees }]) => [
        ...makes.map((name) => {
          const seen: Watcher = (result) => isMade(result) && this.#add(type, 1);
          return [name, seen] as const;
        }),
        ...frees.map((name) => {
          const seen: Watcher = (_, [object]) => object !== null && this.#add(type, -1);
          return [name, seen] as const;
        }),
      ]),
    );
  }

  #add(type: string, change: number): void {
    this.#counts.set(type, this.#counts.get(type)! + change);
  }
}

/** A pointer, or the status 1 of EVP_PKEY_generate. */
function isMade(result: unknown): boolean {
  return typeof result === "number" ? result === 1 : result !== null;
}

/** Returns a function that calls `seen` with its results and arguments. */
function watch(native: NativeFunction, seen: Watcher): NativeFunction {
  return (...values) => {
    const result = native(...values);
    if (result instanceof Promise) {
      return result.then((value) => {
        seen(value, values);
        return value;
      });
    }
    seen(result, values);
    return result;
  };
}
