/** The parts of EVP_PKEY(3ossl) that OpenSSL's libcrypto and AWS-LC have alike. @module */
import { clearErrorQueue, type ErrorQueue } from "../_error_queue.ts";
import { encodeDer } from "./der.ts";
import { expectOk, expectPointer } from "./errors.ts";
import { Handle } from "./handle.ts";

/** The functions of keys and of signatures in both libraries. */
export const evpSymbols = {
  // EVP_PKEY_new(3ossl)
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_up_ref: { parameters: ["pointer"], result: "i32" },

  // d2i_X509(3ossl), EVP_PKCS82PKEY(3ossl)
  i2d_PUBKEY: { parameters: ["pointer", "buffer"], result: "i32" },
  EVP_PKEY2PKCS8: { parameters: ["pointer"], result: "pointer" },
  i2d_PKCS8_PRIV_KEY_INFO: { parameters: ["pointer", "buffer"], result: "i32" },
  PKCS8_PRIV_KEY_INFO_free: { parameters: ["pointer"], result: "void" },

  // EVP_DigestInit(3ossl), EVP_PKEY_CTX_new(3ossl)
  EVP_MD_CTX_new: { parameters: [], result: "pointer" },
  EVP_MD_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_CTX_free: { parameters: ["pointer"], result: "void" },

  // EVP_PKEY_sign(3ossl), EVP_PKEY_CTX_ctrl(3ossl)
  EVP_PKEY_sign_init: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_sign: { parameters: ["pointer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
  EVP_PKEY_CTX_set_signature_md: { parameters: ["pointer", "pointer"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_padding: { parameters: ["pointer", "i32"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_pss_saltlen: { parameters: ["pointer", "i32"], result: "i32" },
  EVP_PKEY_CTX_set_rsa_mgf1_md: { parameters: ["pointer", "pointer"], result: "i32" },

  // EVP_DigestSignInit(3ossl)
  EVP_DigestSignInit: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  EVP_DigestSign: { parameters: ["pointer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
} as const;

/** The functions that each signature calls. */
export const signingFunctions = ["ERR_peek_error", "EVP_PKEY_sign", "EVP_DigestSign"] as const;

type EvpSymbols = ErrorQueue & Deno.DynamicLibrary<typeof evpSymbols>["symbols"];

/** An EVP_PKEY of either library. */
export class EvpKey<S extends EvpSymbols> extends Handle {
  protected readonly symbols: S;

  constructor(
    symbols: S,
    pointer: Deno.PointerObject,
    free: (pointer: Deno.PointerObject) => void = symbols.EVP_PKEY_free,
  ) {
    super(pointer, free, "key");
    this.symbols = symbols;
  }

  share(): bigint {
    const pointer = this.pointer;
    expectOk(this.symbols, "EVP_PKEY_up_ref", this.symbols.EVP_PKEY_up_ref(pointer));
    return BigInt(Deno.UnsafePointer.value(pointer));
  }

  exportSpki(): Uint8Array {
    return encodeDer(this.symbols, "i2d_PUBKEY", this.symbols.i2d_PUBKEY, this.pointer);
  }

  exportPkcs8(): Uint8Array {
    using info = this.privateKeyInfo();
    const encode = this.symbols.i2d_PKCS8_PRIV_KEY_INFO;
    return encodeDer(this.symbols, "i2d_PKCS8_PRIV_KEY_INFO", encode, info.pointer);
  }

  /** Makes the PKCS8_PRIV_KEY_INFO; freeing it overwrites its secret. */
  protected privateKeyInfo(): Handle {
    clearErrorQueue(this.symbols);
    const made = this.symbols.EVP_PKEY2PKCS8(this.pointer);
    const info = expectPointer(this.symbols, "EVP_PKEY2PKCS8", made);
    return new Handle(info, this.symbols.PKCS8_PRIV_KEY_INFO_free, "private key");
  }
}
