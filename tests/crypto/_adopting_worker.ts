/** The entry of a worker that adopts a key store, and signs with every key on request. @module */
import { KeyStore, openProvider, type SharedKeyStore } from "../../src/crypto/mod.ts";

/** The worker's first message. Any second message requests the signatures. */
export interface Adoption {
  readonly provider: "aws-lc" | "openssl" | "builtin";
  readonly shared: SharedKeyStore;
  readonly message: Uint8Array;
}

/** The worker's second answer; its first is `KeyStore.list()`. */
export type Signatures = readonly { readonly id: string; readonly signature: Uint8Array }[];

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }: MessageEvent<Adoption>) => {
  const keys = KeyStore.adopt(openProvider(data.provider).provider, data.shared);
  scope.onmessage = () => {
    const signatures: Signatures = keys.list().map(({ id, defaultAlgorithm }) => {
      return {
        id,
        signature: keys.get(id).sign(defaultAlgorithm, { message: data.message }).signature,
      };
    });
    keys[Symbol.dispose]();
    scope.postMessage(signatures);
  };
  scope.postMessage(keys.list());
};
