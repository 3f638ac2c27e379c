import { ownText } from './own-text.ts';

/** Numbers for texts, from 0 in the order in which they came: a number takes less room than a text. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  get length(): number {
    return this.#texts.length;
  }

  /** Known texts in the order of their numbers. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    this.#numbers.set(own, this.#texts.length);
    return this.#texts.push(own) - 1;
  }

  numberOf(text: string): number | undefined {
    return this.#numbers.get(text);
  }
}
