/** The entry of a thread that adopts a key store, and signs with every key of it once it is told to. */
import { KeyStore, openProvider, type SharedKeyStore } from "../../src/crypto/mod.ts";

/** What it is sent first. What follows, of whatever value, is the word to sign. */
export interface Adoption {
  readonly provider: "openssl" | "builtin";
  readonly shared: SharedKeyStore;
  readonly message: Uint8Array;
}

/** What it answers first: the keys, as `KeyStore.list()` has them there. Then come the signatures. */
export type Signatures = readonly { readonly id: string; readonly signature: Uint8Array }[];

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }: MessageEvent<Adoption>) => {
  const keys = KeyStore.adopt(openProvider(data.provider).provider, data.shared);
  scope.onmessage = () => {
    const signatures: Signatures = keys.list().map(({ id, defaultAlgorithm }) => {
      return { id, signature: keys.get(id).key.sign(defaultAlgorithm, { message: data.message }) };
    });
    keys[Symbol.dispose]();
    scope.postMessage(signatures);
  };
  scope.postMessage(keys.list());
};
