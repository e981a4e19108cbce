/** Symbols of `.proto` files by name: from files, from signer's own contract, or from the server. @module */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { type Call, type Found, ReflectionClient } from "../../../grpc/reflection/mod.ts";
import { usageError } from "../../exit.ts";
import { nearest } from "../../../spelling/mod.ts";
import { withReflectionErrors } from "./reflection_failure.ts";
import { contractSchema } from "./contract.ts";
import { localSchema, type SchemaOptions } from "./schema.ts";
import type { Session } from "../session.ts";

/**
 * Looks up a symbol such as `signer.v1.KeyInfo` or `signer.v1.EchoService/Echo`: in the files that the
 * options name, else in signer's own contract, else by the server's reflection service.
 *
 * @throws {CliError} for an unknown symbol
 */
export async function findSymbol(
  session: Session,
  text: string,
  options: SchemaOptions = {},
): Promise<Found> {
  const symbol = text.replace(/^[./]/, "").replace("/", ".");
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(symbol)) {
    throw usageError(
      `${JSON.stringify(text)} is not the name of a symbol`,
      "Write it in full, such as signer.v1.SigningService/Sign or signer.v1.KeyInfo",
    );
  }
  const local = await localSchema(options);
  const known = local ?? await contractSchema();
  const declared = known.find(symbol);
  if (declared) return { schema: known, declared };
  const service = known.registry.getService(symbol.slice(0, Math.max(0, symbol.lastIndexOf("."))));
  if (service) throw unknownMethod(service, symbol);
  if (local) {
    const services = local.services().map(({ typeName }) => typeName).join(", ");
    throw usageError(
      `The files do not declare ${symbol}`,
      services === "" ? "They declare no service" : `Their services: ${services}`,
    );
  }
  return await withReflectionErrors(() => reflectionOf(session).find(symbol));
}

/**
 * Looks up a method.
 *
 * @throws {CliError} for a name that is not a method
 */
export async function findMethod(
  session: Session,
  name: string,
  options: SchemaOptions = {},
): Promise<Found<DescMethod>> {
  const { schema, declared } = await findSymbol(session, name, options);
  if (declared.kind === "rpc") return { schema, declared };
  const methods = declared.kind === "service" ? declared.methods.map(callableName) : [];
  throw usageError(
    `${declared.typeName} is a ${declared.kind}, not a method`,
    methods.length > 0
      ? `Call one of its methods: ${methods.join(", ")}`
      : `See what it is with: signer call describe ${declared.typeName}`,
  );
}

/** A client of the reflection service of the server that a session is with. */
export function reflectionOf(session: Session): ReflectionClient {
  return new ReflectionClient(((method, requests) => session.call(method, requests)) as Call);
}

function unknownMethod(service: DescService, symbol: string) {
  const name = symbol.slice(symbol.lastIndexOf(".") + 1);
  const near = nearest(name, service.methods.map((method) => method.name));
  const methods = service.methods.map(callableName).join(", ");
  return usageError(
    `${service.typeName} has no method ${name}`,
    near ? `Did you mean ${service.typeName}/${near}?` : `Its methods: ${methods}`,
  );
}

/** The name of a method as `call` takes it: `signer.v1.EchoService/Echo`. */
export function callableName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
