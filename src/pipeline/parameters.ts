/** Schemas of the parameters of nodes, and the check of parameters against them. @module */
import { PipelineError } from "./errors.ts";
import { shown, suggestion } from "./shown.ts";

interface NumberSchema {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly default?: number;
}

interface ChoiceSchema {
  readonly kind: "choice";
  readonly choices: readonly (string | number)[];
  readonly default?: string | number;
}

/** A list of whole numbers from 0 to `max`. */
interface IndicesSchema {
  readonly kind: "indices";
  readonly max: number;
  readonly maxLength: number;
}

/** Text of 1 to `maxLength` characters. */
interface TextSchema {
  readonly kind: "text";
  readonly maxLength: number;
}

/** The schema of one parameter. One that has no default and is not optional must be given. */
export type ParameterSchema = (NumberSchema | ChoiceSchema | IndicesSchema | TextSchema) & {
  readonly description: string;
  readonly optional?: true;
};

/** The parameters of a node type by name. */
export type ParameterSchemas = Readonly<Record<string, ParameterSchema>>;

type ValueOf<S extends ParameterSchema> = S extends ChoiceSchema ? S["choices"][number]
  : S extends TextSchema ? string
  : S extends IndicesSchema ? readonly number[]
  : number;

/** The values of parameters, with defaults. */
export type ParameterValues<S extends ParameterSchemas> = {
  readonly [N in keyof S]: S[N] extends { readonly optional: true } ? ValueOf<S[N]> | undefined
    : ValueOf<S[N]>;
};

/**
 * Checks parameters, and adds defaults.
 *
 * @throws {PipelineError} BAD_MANIFEST, with a path that begins at the parameters
 */
export function readParameters<S extends ParameterSchemas>(
  schemas: S,
  given: Readonly<Record<string, unknown>>,
): ParameterValues<S> {
  const names = Object.keys(schemas);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schemas, name)) {
      throw bad(name, `There is no parameter ${name}${suggest(name, names)}`);
    }
  }
  const values = names.map((name) => {
    const schema = schemas[name]!;
    const value = Object.hasOwn(given, name)
      ? given[name]
      : "default" in schema
      ? schema.default
      : undefined;
    if (value === undefined) {
      if (schema.optional) return [name, undefined];
      throw bad(undefined, `The parameter ${name} is missing: it is ${expected(schema)}`);
    }
    if (!fits(schema, value)) {
      throw bad(name, `The parameter ${name} is ${shown(value)}: it must be ${expected(schema)}`);
    }
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** Describes the values of a parameter. */
export function expected(schema: ParameterSchema): string {
  switch (schema.kind) {
    case "number":
      return `a ${schema.integer ? "whole " : ""}number from ${schema.min} to ${schema.max}`;
    case "choice":
      return `one of ${schema.choices.join(", ")}`;
    case "indices":
      return `a list of 1 to ${schema.maxLength} whole numbers from 0 to ${schema.max}`;
    case "text":
      return `text of 1 to ${schema.maxLength} characters`;
  }
}

function fits(schema: ParameterSchema, value: unknown): boolean {
  switch (schema.kind) {
    case "number":
      return typeof value === "number" && value >= schema.min && value <= schema.max &&
        (!schema.integer || Number.isInteger(value));
    case "choice":
      return schema.choices.some((choice) => choice === value);
    case "indices":
      return Array.isArray(value) && value.length >= 1 && value.length <= schema.maxLength &&
        value.every((index) => Number.isInteger(index) && index >= 0 && index <= schema.max);
    case "text":
      return typeof value === "string" && value.length >= 1 && value.length <= schema.maxLength;
  }
}

function suggest(name: string, names: readonly string[]): string {
  return names.length === 0 ? ": this type of node has none" : `: ${suggestion(name, names)}`;
}

function bad(name: string | undefined, message: string): PipelineError {
  return new PipelineError("BAD_MANIFEST", message, { path: name === undefined ? [] : [name] });
}
