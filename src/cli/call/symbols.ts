/** Symbols of `.proto` files by name: from files, from signer's own contract, or from the server. */
import { type DescMethod, type DescService, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import {
  type Call,
  compileProtoFiles,
  contractSchema,
  type Declared,
  type Found,
  readDescriptorSet,
  ReflectionClient,
  Schema,
  symbolName,
} from "../../grpc/reflection/mod.ts";
import { usageError } from "../exit.ts";
import { declarationOf } from "./declaration.ts";
import { readFile } from "./input.ts";
import { nearest } from "./nearest.ts";
import type { ConnectionOptions } from "./options.ts";
import { withReflectionErrors } from "./reflection_failure.ts";
import { printResult, refuseRaw } from "./result.ts";
import { Session } from "./session.ts";

/** Where descriptors are read from in place of the server. */
export interface SchemaOptions {
  readonly protoset?: readonly string[];
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
}

const listHint = "List the services of the server with: signer call list";

/**
 * Reads the descriptors that the options name; undefined where they name none.
 *
 * @throws {CliError}
 */
export function localSchema(options: SchemaOptions): Schema | undefined {
  const { protoset = [], proto = [], importPath = [] } = options;
  if (protoset.length > 0 && proto.length > 0) {
    throw usageError("--protoset and --proto cannot be given together");
  }
  if (importPath.length > 0 && proto.length === 0) {
    throw usageError("--import-path is for --proto, which is not given");
  }
  if (protoset.length + proto.length === 0) return undefined;
  return withReflectionErrors(() =>
    new Schema(
      proto.length > 0
        ? compileProtoFiles(proto, importPath)
        : protoset.flatMap((file) => readDescriptorSet(readFile(file))),
    )
  );
}

/**
 * Looks up a symbol such as `signer.v1.KeyInfo` or `signer.v1.EchoService/Echo`: in the files that the
 * options name, else in signer's own contract, else by the server's reflection service.
 *
 * @throws {CliError} when none of them knows it
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
  const local = localSchema(options);
  const known = local ?? contractSchema();
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
 * @throws {CliError} when the name is that of no method
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
  const local = localSchema(options);
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

/** `call describe SYMBOL`: prints its declaration as in a `.proto` file. */
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

function reflectionOf(session: Session): ReflectionClient {
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
function callableName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
