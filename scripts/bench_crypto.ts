/**
 * Measures signatures per second for each key type, by each provider, beside `openssl speed` in the same run:
 *
 *   deno task bench:crypto [--seconds 1] [--rounds 3] [KEY TYPE]...
 *
 * Turns of `openssl speed` and of each provider alternate, so that a machine that slows down slows all of
 * them, and the best turn of each counts. All are measured in user CPU time, as by `openssl speed`, so that
 * other load of the machine does not count.
 *
 * `openssl speed` signs digests, and RSA with PKCS #1 v1.5. The columns "digest" do the same work. The columns
 * "message" also hash 64 bytes, and sign RSA with PSS, as a server does. The ratios are to `openssl speed`.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import {
  type AlgorithmName,
  type CryptoProvider,
  findAlgorithm,
  findKeyType,
  type KeyType,
  keyTypes,
  openProvider,
  type PrivateKey,
  type SigningInput,
} from "../src/crypto/mod.ts";

/** The names of the key types in openssl-speed(1ssl). */
const speedNames: Readonly<Record<KeyType, string>> = {
  "rsa-2048": "rsa2048",
  "rsa-3072": "rsa3072",
  "rsa-4096": "rsa4096",
  "ecdsa-p256": "ecdsap256",
  "ecdsa-p384": "ecdsap384",
  "ecdsa-p521": "ecdsap521",
  "ed25519": "ed25519",
};

const columns = [
  "openssl speed",
  ...["openssl digest", "openssl message", "aws-lc digest", "aws-lc message", "builtin message"],
] as const;

/** The providers that are compared. */
interface Providers {
  readonly openssl: CryptoProvider | undefined;
  readonly awsLc: CryptoProvider | undefined;
  readonly builtin: CryptoProvider;
}

/** Opens a provider; undefined, with the reason on standard error, where its library is missing. */
function tryToOpen(name: "openssl" | "aws-lc"): CryptoProvider | undefined {
  try {
    return openProvider(name).provider;
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

/** Measures signatures per second for some seconds; NaN where they are not supported. */
type Turn = (seconds: number) => Promise<number> | number;

const message: SigningInput = { message: new Uint8Array(64).fill(0x61) };

async function opensslSpeed(type: KeyType, seconds: number): Promise<number> {
  const args = ["speed", "-mr", "-seconds", `${seconds}`, speedNames[type]];
  try {
    const { stdout } = await new Deno.Command("openssl", { args, stderr: "null" }).output();
    // "+F4:3:256:48800.0:15626.3": the last two fields are signatures and verifications a second.
    const lines = new TextDecoder().decode(stdout).split("\n");
    return Number(lines.find((line) => line.startsWith("+F"))?.split(":").at(-2));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}

/** Returns the algorithm and the input that `openssl speed` uses with a key type. */
function likeSpeed(type: KeyType): [AlgorithmName, SigningInput] {
  const name = type.startsWith("rsa-")
    ? "RSASSA_PKCS1_V1_5_SHA_256"
    : findKeyType(type)!.defaultAlgorithm;
  const { digestBytes } = findAlgorithm(name)!;
  return [name, digestBytes === undefined ? message : { digest: new Uint8Array(digestBytes) }];
}

function turnOf(key: PrivateKey, algorithm: AlgorithmName, input: SigningInput): Turn {
  return (seconds) => {
    const before = process.cpuUsage().user;
    const deadline = performance.now() + seconds * 1000;
    let count = 0;
    while (performance.now() < deadline) {
      // Batches, because a signature of some microseconds would be measured with the clock's own cost.
      for (let i = 0; i < 8; i++) key.sign(algorithm, input);
      count += 8;
    }
    return count * 1e6 / (process.cpuUsage().user - before);
  };
}

/** Returns the best turn of each column. */
async function measure(
  type: KeyType,
  { openssl, awsLc, builtin }: Providers,
  { seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<number[]> {
  using made = await (openssl ?? builtin).generate(type);
  using native = openssl?.importPrivateKey(made.exportPkcs8());
  using fast = awsLc?.importPrivateKey(made.exportPkcs8());
  using slow = builtin.importPrivateKey(made.exportPkcs8());
  const { defaultAlgorithm } = findKeyType(type)!;
  const none: Turn = () => NaN;
  const turns: Turn[] = [
    (seconds) => opensslSpeed(type, seconds),
    native ? turnOf(native, ...likeSpeed(type)) : none,
    native ? turnOf(native, defaultAlgorithm, message) : none,
    fast ? turnOf(fast, ...likeSpeed(type)) : none,
    fast ? turnOf(fast, defaultAlgorithm, message) : none,
    turnOf(slow, defaultAlgorithm, message),
  ];
  const best = turns.map(() => -Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [i, turn] of turns.entries()) best[i] = Math.max(best[i], await turn(seconds));
  }
  return best;
}

function show(rate: number, reference: number): string {
  if (Number.isNaN(rate)) return "–";
  const ratio = Number.isNaN(reference) ? "" : ` (${(rate / reference).toFixed(2)})`;
  return `${rate.toFixed(0)}${ratio}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
  },
});
const options = { seconds: Number(values.seconds), rounds: Number(values.rounds) };
const providers: Providers = {
  openssl: tryToOpen("openssl"),
  awsLc: tryToOpen("aws-lc"),
  builtin: openProvider("builtin").provider,
};
for (const provider of Object.values(providers)) {
  if (provider !== undefined) console.log(`${provider.name}: ${provider.version}`);
}
console.log("Signatures a second of user CPU time, and the ratio to `openssl speed`");
console.log(["".padEnd(11), ...columns.map((name) => name.padStart(16))].join(" "));
for (const { name } of keyTypes) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const rates = await measure(name, providers, options);
  const cells = rates.map((rate, i) => show(rate, i === 0 ? NaN : rates[0]).padStart(16));
  console.log([name.padEnd(11), ...cells].join(" "));
}
