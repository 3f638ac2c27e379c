import type { ToolCallEvent } from '../model/event.ts';

type Said = Pick<ToolCallEvent, 'command' | 'argumentsText'>;

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

/** What calls say, by numbers, equal ones mostly by the same. 0 for nothing. */
export class SaidTable {
  readonly commands: (string | undefined)[] = [undefined];
  readonly argumentsTexts: (string | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();

  numberOf({ command, argumentsText }: Said): number {
    const key = argumentsText ?? command;
    if (key === undefined) return 0;
    const known = this.#numbers.get(key);
    if (known !== undefined && this.commands[known] === command && this.argumentsTexts[known] === argumentsText)
      return known;
    const number = this.commands.push(command) - 1;
    this.argumentsTexts.push(argumentsText);
    if (key.length > LONGEST) return number;
    if (this.#numbers.size >= MOST_KNOWN) this.#numbers.clear();
    this.#numbers.set(key, number);
    return number;
  }
}
