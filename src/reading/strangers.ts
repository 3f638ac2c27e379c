import { isForeign } from '../core/decoded.ts';
import type { Decoded } from '../model/format.ts';

/** So many lines of a program in vain, and no format knows it: asking all of them for each line takes long. */
const MOST_IN_VAIN = 16;
const PROGRAM = /(?:^|\s)([A-Za-z][\w./-]{0,40})(?:\[\d+\])?:\s/;

/** Which of the lines that a file's format refuses or calls another's the other formats are asked for. */
export class Strangers {
  /** Of programs that no format has known yet: their lines so far. */
  readonly #inVain = new Map<string, number>();

  mayBeAnothers(text: string, result: Decoded): boolean {
    if (result.status === 'failed') return true;
    return isForeign(result) && (this.#inVain.get(programOf(text)) ?? 0) < MOST_IN_VAIN;
  }

  /** `isKnown`: whether another format took it. */
  note(text: string, result: Decoded, isKnown: boolean): void {
    if (result.status === 'failed') return;
    const program = programOf(text);
    this.#inVain.set(program, isKnown ? -Infinity : (this.#inVain.get(program) ?? 0) + 1);
  }
}

function programOf(text: string): string {
  return PROGRAM.exec(text)?.[1] ?? '';
}
