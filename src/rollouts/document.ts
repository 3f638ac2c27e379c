import { isObject, tryJson } from '../core/json/json.ts';
import type { DecodeContext, Format } from '../model/format.ts';
import { ElementScanner, EVERY } from '../sources/cutting/json-elements.ts';
import { MAX_ROW_BYTES } from './lines.ts';

/** Members of a document in which rollouts are listed: tau2-bench's, and home-grown ones. */
const LISTS = ['simulations', 'rollouts', 'episodes', 'samples', 'results', 'rows', 'records', 'data'];

/** One row in the least document that its format knows. */
export function inDocument(list: string, row: string): string {
  return `{${JSON.stringify(list)}:[${row}]}`;
}

/** The list of a document in which its rollouts stand; undefined where the first document is a rollout itself, or none is listed. */
export function listOfRollouts(head: Uint8Array, format: Format, context: DecodeContext): string | undefined {
  const text = new TextDecoder().decode(head).trim();
  const ref = { source: context.path, line: 1, offset: 0, bytes: 0 };
  const isRollout = (json: string): boolean => format.open(context).decode({ text: json, ref }).status === 'decoded';
  const first = new ElementScanner(EVERY, MAX_ROW_BYTES)
    .push(head)
    .filter(({ document, index }) => document === 0 && index === 0);
  const list = [...LISTS, ...first.map(({ key }) => key)].find((key) => {
    const row = first.find((element) => element.key === key)?.text;
    return row !== undefined && isRollout(inDocument(key, row));
  });
  const whole = tryJson(text) ?? tryJson(text.split('\n', 1)[0] ?? '');
  if (list === undefined || !isObject(whole)) return list;
  return isRollout(JSON.stringify({ ...whole, [list]: [] })) ? undefined : list;
}

/** Whether the first record of a file goes over several lines. */
export function isSpread(head: Uint8Array): boolean {
  const text = new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const end = text.indexOf('\n');
  return end > 0 && text.startsWith('{') && tryJson(text.slice(0, end)) === undefined;
}
