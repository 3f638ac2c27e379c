import type { Said } from '../../model/call-cutter.ts';
import { type QuotedPart, QuotedTexts } from '../json/quoted-texts.ts';
import { saidInQuotes } from '../tools/quoted-said.ts';

/** More different ones are given new numbers when they come again: looking for them would take more memory than it saves. */
const MOST_KNOWN = 100_000;
/** Longer texts seldom come twice. */
const LONGEST = 1000;

/** Names by numbers, equal ones mostly by the same. 0 for none. */
export class NameTable {
  readonly names: (string | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string | undefined): number {
    if (name === undefined) return 0;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#numbers.size >= MOST_KNOWN) this.#numbers.clear();
    const number = this.names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}

/**
 * What calls say, by numbers, equal ones mostly by the same; 0 for nothing. Even ones are of texts that are there, odd ones of
 * arguments that are read when they are asked for.
 */
export class SaidTable {
  readonly commands: (string | undefined)[] = [undefined];
  readonly argumentsTexts: (string | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();
  readonly #quoted = new QuotedTexts();
  #last: { readonly number: number; readonly tool: string; readonly said: Said } = { number: 0, tool: '', said: {} };

  numberOf({ command, argumentsText }: Said): number {
    const key = argumentsText ?? command;
    if (key === undefined) return 0;
    const known = this.#numbers.get(key);
    if (known !== undefined && this.commands[known] === command && this.argumentsTexts[known] === argumentsText)
      return known * 2;
    const place = this.commands.push(command) - 1;
    this.argumentsTexts.push(argumentsText);
    if (key.length > LONGEST) return place * 2;
    if (this.#numbers.size >= MOST_KNOWN) this.#numbers.clear();
    this.#numbers.set(key, place);
    return place * 2;
  }

  /** What is known of the number of a quoted text by its place among those of a part. */
  addQuoted(part: QuotedPart): (place: number) => number {
    const first = this.#quoted.add(part);
    return (place) => quotedNumber(first + place);
  }

  /** `tool`: the name of the call's. */
  commandOf(number: number, tool: string): string | undefined {
    return isQuoted(number) ? this.#read(number, tool).command : this.commands[number / 2];
  }

  argumentsTextOf(number: number, tool: string): string | undefined {
    return isQuoted(number) ? this.#read(number, tool).argumentsText : this.argumentsTexts[number / 2];
  }

  /** Both are mostly asked for one after the other. */
  #read(number: number, tool: string): Said {
    if (this.#last.number !== number || this.#last.tool !== tool)
      this.#last = { number, tool, said: saidInQuotes(tool, this.#quoted.bodyOf((number - 1) / 2)) };
    return this.#last.said;
  }
}

export const quotedNumber = (place: number): number => place * 2 + 1;
export const isQuoted = (number: number): boolean => number % 2 === 1;
