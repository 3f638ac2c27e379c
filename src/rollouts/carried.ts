import { Buffer } from 'node:buffer';
import { ElementScanner, EVERY, type JsonElement } from '../sources/cutting/json-elements.ts';
import { ListCutter } from '../sources/cutting/list-cutter.ts';
import { type ReadLog, readBytes } from '../sources/records/read.ts';
import { elementCuts } from './elements.ts';
import { MAX_ROW_BYTES } from './lines.ts';
import type { Cut, Refusal, RowFile } from './rows.ts';
import type { RowTally } from './tally.ts';

/** The elements of one list of a document, and whether each stays. */
interface List {
  readonly elements: Cut[];
  readonly stays: boolean[];
}

/** Cuts rows out of documents that only carry them: out of all their lists, whatever they are called. */
export async function cutCarried(file: RowFile, tally: RowTally, log: ReadLog): Promise<readonly Cut[] | Refusal> {
  const { input, format, context } = file;
  const decoder = format.open(context);
  const scanner = new ElementScanner(EVERY, MAX_ROW_BYTES);
  const cuts: Cut[] = [];
  const lists = new Map<string, List>();
  let current = 0;
  let rows = 0;
  let deeper: string | undefined;
  const finish = (): void => {
    const found = [...lists.values()].flatMap(({ elements, stays }) => elementCuts(elements, stays));
    for (const cut of found.sort((a, b) => a[0] - b[0])) cuts.push(cut);
    lists.clear();
  };
  const staysIn = ({ text, from, to }: JsonElement): boolean => {
    if (text !== undefined && !/^[{[]/.test(text)) return true;
    const ref = { source: input.path, line: ++rows, offset: from, bytes: to - from };
    const decoded = text === undefined ? undefined : decoder.decode({ text, ref });
    return tally.keeps({ number: rows, text: text ?? '' }, decoded);
  };
  const add = (element: JsonElement): void => {
    if (element.document !== current) finish();
    current = element.document;
    if (element.index === 'whole') {
      if (holdsRows(element, file)) deeper ??= element.key;
      return;
    }
    const list = lists.get(element.key) ?? { elements: [], stays: [] };
    lists.set(element.key, list);
    list.elements.push([element.from, element.to]);
    list.stays.push(staysIn(element));
  };
  for await (const chunk of readBytes(input, log)) scanner.push(chunk).forEach(add);
  finish();
  if (scanner.open) return { refused: 'it ends inside a document' };
  return deeper === undefined
    ? cuts
    : { refused: `rollouts may stand in lists inside its member ${JSON.stringify(deeper)}: take that out first (jq)` };
}

/** Whether rows stand deeper, in a member that is no list itself. */
function holdsRows({ text }: JsonElement, { format, context }: RowFile): boolean {
  if (text === undefined) return true;
  if (!text.startsWith('{')) return false;
  const decoder = format.open(context);
  const records = new ListCutter(context.path, MAX_ROW_BYTES, 'lists').push(Buffer.from(text));
  return records.some((record) => decoder.decode(record).status === 'decoded');
}
