import { foreign, isForeign, isHeading } from '../../core/decoded.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import type { Decoded, Format } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';
import { sniffable } from './owner-of.ts';

/** So many lines of a program in vain, and no format knows it: asking all of them for each line takes long. */
const MOST_IN_VAIN = 16;
/** The same for what a format skips; whoever writes so many kinds of lines that it skips is one that nobody else knows. */
const MOST_KINDS = 2000;
const PROGRAM = /(?:^|\s)([A-Za-z][\w./-]{0,40})(?:\[\d+\])?:\s/;

/** Such a line may be a verdict of a sensor that no format knows: it stays one that could not be read. */
const VERDICT = /\b(?:den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|refused|forbidden)\b/i;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|[\da-f]{1,4}:[\da-f:]*:[\da-f]{1,4}/i;

/** Which of the lines that a file's format does not decode the other formats are asked for. */
export class Strangers {
  /** Of programs, and kinds of skipped lines, that no format has known yet: their lines so far. */
  readonly #inVain = new Map<string, number>();

  mayBeAnothers(text: string, result: Decoded, format: Format): boolean {
    if (result.status === 'failed') return true;
    if (result.status === 'decoded' || isHeading(result.reason)) return false;
    const seen = this.#inVain.get(kindOf(text, result));
    if ((seen ?? 0) >= MOST_IN_VAIN) return false;
    if (isForeign(result)) return true;
    if (seen === undefined && this.#inVain.size >= MOST_KINDS) return false;
    if (format.claims(sniffable(text)).score === 0) return true;
    this.note(text, result, false);
    return false;
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
    const kind = kindOf(text, result);
    this.#inVain.set(kind, isKnown ? -Infinity : (this.#inVain.get(kind) ?? 0) + 1);
  }
}

function kindOf(text: string, result: Decoded): string {
  if (result.status !== 'skipped' || isForeign(result)) return PROGRAM.exec(text)?.[1] ?? '';
  return `${result.reason} ${shapeOf(text)}`;
}

const LOOKED_AT = 400;
const SHAPE_LENGTH = 160;

/** A line without the words and values that hold a digit: times, numbers, addresses. */
function shapeOf(text: string): string {
  return text
    .slice(0, LOOKED_AT)
    .replace(/"[^"]*\d[^"]*"|[^\s",:{}[\]]*\d[^\s",:{}[\]]*/g, '#')
    .slice(0, SHAPE_LENGTH);
}
