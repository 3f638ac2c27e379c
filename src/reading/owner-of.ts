import { tryJson } from '../core/json/json.ts';
import type { Format } from '../model/format.ts';

/** A claim below it is a guess. */
const LEAST_SCORE = 0.5;

/** The format that claims a line most surely, of those that may have it. */
export function ownerOf(
  text: string,
  formats: readonly Format[],
  mayOwn: (format: Format) => boolean,
): { readonly format: Format; readonly score: number } | undefined {
  const record = { text, json: text.startsWith('{') ? tryJson(text) : undefined };
  let [best, most]: [Format | undefined, number] = [undefined, LEAST_SCORE];
  for (const format of formats) {
    if (!mayOwn(format)) continue;
    const { score } = format.claims(record);
    if (score > most) [best, most] = [format, score];
  }
  return best && { format: best, score: most };
}
