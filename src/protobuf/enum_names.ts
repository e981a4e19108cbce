import { ProtobufError } from "./errors.ts";

/** An enum's names, by which its values go in JavaScript, and the numbers that they have on the wire. */
export class EnumNames<Name extends string> {
  readonly #type: string;
  readonly #names = new Map<number, Name>();
  readonly #numbers = new Map<string, number>();

  /** Where names share a number, the first is the one that it is read as. */
  constructor(type: string, numbers: Readonly<Record<Name, number>>) {
    this.#type = type;
    for (const [name, number] of Object.entries<number>(numbers)) {
      this.#numbers.set(name, number);
      if (!this.#names.has(number)) this.#names.set(number, name as Name);
    }
  }

  /** The name of a number. One that has none stays a number, which the type does not tell. */
  name(number: number): Name {
    return this.#names.get(number) ?? number as unknown as Name;
  }

  /**
   * The number of a name; a number stays what it is.
   *
   * @throws {ProtobufError} when the enum has no such name
   */
  number(value: Name | number): number {
    if (typeof value === "number") return value;
    const number = this.#numbers.get(value);
    if (number !== undefined) return number;
    throw new ProtobufError(
      "INVALID_VALUE",
      `${this.#type} has no value of the name that is given`,
    );
  }
}
