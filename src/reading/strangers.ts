import { foreign, isForeign } from '../core/decoded.ts';
import { parseSyslog } from '../core/lines/syslog.ts';
import type { Decoded, Format } from '../model/format.ts';
import type { Micros } from '../model/time.ts';

/** So many lines of a program in vain, and no format knows it: asking all of them for each line takes long. */
const MOST_IN_VAIN = 16;
const PROGRAM = /(?:^|\s)([A-Za-z][\w./-]{0,40})(?:\[\d+\])?:\s/;

/** Such a line may be a verdict of a sensor that no format knows: it stays one that could not be read. */
const VERDICT = /\b(?:den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|refused|forbidden)\b/i;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|[\da-f]{1,4}:[\da-f:]*:[\da-f]{1,4}/i;

/** Which of the lines that a file's format refuses or calls another's the other formats are asked for. */
export class Strangers {
  /** Of programs that no format has known yet: their lines so far. */
  readonly #inVain = new Map<string, number>();

  mayBeAnothers(text: string, result: Decoded): boolean {
    if (result.status === 'failed') return true;
    return isForeign(result) && (this.#inVain.get(programOf(text)) ?? 0) < MOST_IN_VAIN;
  }

  /** What becomes of a line that no format takes: under a host and the tag of a program that the file's format does not know it is another's. */
  outcome(text: string, result: Decoded, format: Format): Decoded {
    if (result.status !== 'failed' || (VERDICT.test(text) && ADDRESS.test(text))) return result;
    const { host, tag } = parseSyslog(text, 0 as Micros) ?? {};
    if (host === undefined || tag === undefined) return result;
    return format.claims({ text, json: undefined }).score > 0 ? result : foreign();
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
