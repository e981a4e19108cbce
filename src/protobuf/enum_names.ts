/** An enum's names, which stand for its values in JavaScript, and their numbers on the wire. */
export class EnumNames<Name extends string> {
  readonly #names = new Map<number, Name>();
  readonly #numbers = new Map<string, number>();

  /** Where names share a number, the first is the one that the number is read as. */
  constructor(readonly type: string, numbers: Readonly<Record<Name, number>>) {
    for (const [name, number] of Object.entries<number>(numbers)) {
      this.#numbers.set(name, number);
      if (!this.#names.has(number)) this.#names.set(number, name as Name);
    }
  }

  /** Returns the name of a number, or the number itself when it has none. */
  name(number: number): Name | number {
    return this.#names.get(number) ?? number;
  }

  /** Returns the number of a name, a number itself, and undefined for all else. */
  number(value: Name | number): number | undefined {
    return typeof value === "number" ? value : this.#numbers.get(value);
  }
}
