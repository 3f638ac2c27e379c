import { tryJson } from '../../core/json/json.ts';
import type { Format, SniffRecord } from '../../model/format.ts';

/** A claim below it is a guess. */
const LEAST_SCORE = 0.5;

/** A line as formats are asked whether it is theirs. */
export function sniffable(text: string): SniffRecord {
  return { text, json: text.startsWith('{') ? tryJson(text) : undefined };
}

/** The format that claims a line most surely, of those that may have it. */
export function ownerOf(
  record: SniffRecord,
  formats: Iterable<Format>,
  mayOwn: (format: Format) => boolean,
  scoreOf = (format: Format): number => format.claims(record).score,
): { readonly format: Format; readonly score: number } | undefined {
  let [best, most]: [Format | undefined, number] = [undefined, LEAST_SCORE];
  for (const format of formats) {
    if (!mayOwn(format)) continue;
    const score = scoreOf(format);
    if (score > most) [best, most] = [format, score];
  }
  return best && { format: best, score: most };
}
