import { usageError } from "../exit.ts";
import { declarationOf } from "./declaration.ts";
import type { Declared, MethodType } from "./descriptors.ts";
import type { ConnectionOptions } from "./options.ts";
import { printable, printableLines } from "./printable.ts";
import { reflectSchema, reflectServices } from "./reflection.ts";
import { printResult, refuseRaw } from "./result.ts";
import { contractSchema, type Schema } from "./schema.ts";
import { Session } from "./session.ts";

/** A symbol and the schema that declares it. */
interface Found<D extends Declared = Declared> {
  readonly schema: Schema;
  readonly declared: D;
}

/**
 * Looks up a symbol such as `signer.v1.KeyInfo` or `signer.v1.EchoService/Echo`: what signer's own
 * contract declares without asking, the rest by the server's reflection service.
 *
 * @throws {CliError} when neither knows it
 */
export async function findSymbol(session: Session, text: string): Promise<Found> {
  const symbol = text.replace(/^[./]/, "").replace("/", ".");
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(symbol)) {
    throw usageError(
      `${JSON.stringify(text)} is not the name of a symbol`,
      "Write it in full, such as signer.v1.SigningService/Sign or signer.v1.KeyInfo",
    );
  }
  const own = contractSchema().find(symbol);
  if (own) return { schema: contractSchema(), declared: own };
  const schema = await reflectSchema(session, symbol);
  const declared = schema.find(symbol);
  if (declared) return { schema, declared };
  throw usageError(
    `${symbol} is not a message, an enum, a service or a method`,
    "What the server has is listed by: signer call list",
  );
}

/** @throws {CliError} when the name is that of no method */
export async function findMethod(session: Session, name: string): Promise<Found<MethodType>> {
  const { schema, declared } = await findSymbol(session, name);
  if (declared.kind === "method") return { schema, declared };
  const methods = declared.kind === "service" ? declared.methods.map(callableName) : [];
  throw usageError(
    `${declared.name} is a ${declared.kind}, not a method`,
    methods.length > 0
      ? `Call one of its methods: ${methods.join(", ")}`
      : `See what it is with: signer call describe ${declared.name}`,
  );
}

/** `call list [SERVICE]`: the server's services, or the methods of one. */
export async function list(name: string | undefined, options: ConnectionOptions): Promise<void> {
  refuseRaw(options.output, "list");
  using session = await Session.open(options);
  const names = name === undefined
    ? await reflectServices(session)
    : await methodsOf(session, name);
  printResult({
    text: () => names.map((each) => `${printable(each)}\n`).join(""),
    json: () => names,
  }, options.output);
}

async function methodsOf(session: Session, name: string): Promise<string[]> {
  const { declared } = await findSymbol(session, name);
  if (declared.kind === "service") return declared.methods.map(callableName);
  throw usageError(
    `${declared.name} is a ${declared.kind}, not a service`,
    "What the server has is listed by: signer call list",
  );
}

/** `call describe SYMBOL`: its declaration as in a `.proto` file. */
export async function describe(symbol: string, options: ConnectionOptions): Promise<void> {
  refuseRaw(options.output, "describe");
  using session = await Session.open(options);
  const { schema, declared } = await findSymbol(session, symbol);
  printResult({
    text: () => printableLines(declarationOf(schema, declared)),
    json: () => declared,
  }, options.output);
}

/** The name of a method as `call` takes it: `signer.v1.EchoService/Echo`. */
function callableName({ name }: MethodType): string {
  return name.replace(/\.(\w+)$/, "/$1");
}
