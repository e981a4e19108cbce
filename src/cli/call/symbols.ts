/** `call list` and `call describe`. @module */
import { type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { type Declared, symbolName } from "../../grpc/reflection/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import {
  callableName,
  findSymbol,
  localSchema,
  reflectionOf,
  type SchemaOptions,
  withReflectionErrors,
} from "../client/methods/mod.ts";
import { Session } from "../client/mod.ts";
import { usageError } from "../exit.ts";
import { declarationOf } from "./declaration.ts";
import { printResult, refuseRaw } from "./result.ts";

const listHint = "List the services of the server with: signer call list";

/** `call list [SERVICE]`: prints the server's services, or the methods of one. */
export async function list(
  name: string | undefined,
  options: ConnectionOptions & SchemaOptions,
): Promise<void> {
  refuseRaw(options.output, "list");
  using session = await Session.open(options);
  const names = name === undefined
    ? await servicesOf(session, options)
    : await methodsOf(session, name, options);
  printResult({ text: () => names, json: () => names }, options.output);
}

async function servicesOf(session: Session, options: SchemaOptions): Promise<string[]> {
  const local = await localSchema(options);
  return local
    ? local.services().map(({ typeName }) => typeName)
    : await withReflectionErrors(() => reflectionOf(session).services());
}

async function methodsOf(
  session: Session,
  name: string,
  options: SchemaOptions,
): Promise<string[]> {
  const { declared } = await findSymbol(session, name, options);
  if (declared.kind === "service") return declared.methods.map(callableName);
  throw usageError(`${symbolName(declared)} is a ${declared.kind}, not a service`, listHint);
}

/** `call describe SYMBOL`: prints the declaration of a symbol as in a `.proto` file. */
export async function describe(
  symbol: string,
  options: ConnectionOptions & SchemaOptions,
): Promise<void> {
  refuseRaw(options.output, "describe");
  using session = await Session.open(options);
  const { declared } = await findSymbol(session, symbol, options);
  printResult(
    { text: () => declarationOf(declared), json: () => descriptorJson(declared) },
    options.output,
  );
}

/** The descriptor of a symbol (descriptor.proto) as JSON, under its full name. */
function descriptorJson(declared: Declared): JsonValue {
  return { name: symbolName(declared), kind: declared.kind, descriptor: protoJson(declared) };
}

function protoJson(declared: Declared): JsonValue {
  switch (declared.kind) {
    case "message":
      return toJson(DescriptorProtoSchema, declared.proto);
    case "enum":
      return toJson(EnumDescriptorProtoSchema, declared.proto);
    case "extension":
      return toJson(FieldDescriptorProtoSchema, declared.proto);
    case "service":
      return toJson(ServiceDescriptorProtoSchema, declared.proto);
    case "rpc":
      return toJson(MethodDescriptorProtoSchema, declared.proto);
  }
}
