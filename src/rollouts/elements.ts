import type { Decoded } from '../model/format.ts';
import { ElementScanner, type JsonElement } from '../sources/cutting/json-elements.ts';
import { type ReadLog, readBytes } from '../sources/records/read.ts';
import { inDocument } from './document.ts';
import { MAX_ROW_BYTES } from './lines.ts';
import type { Cut, Layout, Refusal, RowFile } from './rows.ts';
import type { RowTally } from './tally.ts';

/** The list whose elements name the rows; empty for a list that is the document itself. */
const NAMES: Readonly<Partial<Record<Layout, string>>> = { samples: 'samples', columns: 'trajectory_data' };

interface Document {
  /** Lists in which the rows stand. */
  readonly lists: Map<string, Cut[]>;
  /** Of each row, whether it stays. */
  readonly stays: boolean[];
  /** `eval` of an Inspect log: names the task of its samples. */
  header: string;
}

/** Cuts rows out of lists: the element and one comma each; every other byte stays. */
export async function cutElements(file: RowFile, tally: RowTally, log: ReadLog): Promise<readonly Cut[] | Refusal> {
  const names = file.list ?? NAMES[file.layout] ?? '';
  const decode = rowDecoder(file);
  const scanner = new ElementScanner(new Set([names, 'eval']), MAX_ROW_BYTES);
  const cuts: Cut[] = [];
  let current = 0;
  let document = newDocument();
  let rows = 0;
  let uneven = false;
  const finish = (): void => {
    uneven ||=
      file.layout === 'columns' && [...document.lists.values()].some((list) => list.length !== document.stays.length);
    const found = [...document.lists.values()].flatMap((list) => elementCuts(list, document.stays));
    for (const cut of found.sort((a, b) => a[0] - b[0])) cuts.push(cut);
    document = newDocument();
  };
  const add = (element: JsonElement): void => {
    if (element.document !== current) finish();
    current = element.document;
    if (element.index === 'whole') {
      if (element.key === 'eval') document.header = element.text ?? '';
      return;
    }
    if (element.key !== names && file.layout !== 'columns') return;
    const list = document.lists.get(element.key) ?? [];
    document.lists.set(element.key, list);
    list.push([element.from, element.to]);
    if (element.key === names) {
      const row = { number: ++rows, text: element.text ?? '' };
      document.stays.push(tally.keeps(row, decode(element, document.header)));
    }
  };
  for await (const chunk of readBytes(file.input, log)) scanner.push(chunk).forEach(add);
  finish();
  if (scanner.open) return { refused: 'it ends inside a document' };
  return uneven ? { refused: 'its columns differ in length, so a row cannot be told' } : cuts;
}

function newDocument(): Document {
  return { lists: new Map(), stays: [], header: '' };
}

/** Reads one row with the format that reads the whole file, inside the least document that the format knows. */
function rowDecoder({
  format,
  layout,
  list,
  context,
  input,
}: RowFile): (row: JsonElement, header: string) => Decoded | undefined {
  const decoder = format.open(context);
  return ({ text, from, to, index }, header) => {
    if (text === undefined) return undefined;
    const ref = { source: input.path, line: Number(index) + 1, offset: from, bytes: to - from };
    return decoder.decode({ text: list === undefined ? wrapped(layout, text, header) : inDocument(list, text), ref });
  };
}

function wrapped(layout: Layout, row: string, header: string): string {
  switch (layout) {
    case 'columns':
      return `{"trajectory_data":[${row}]}`;
    case 'samples':
      return `{"version":2,"eval":${header === '' ? '{}' : header},"samples":[${row}]}`;
    default:
      return row;
  }
}

/** A row takes the comma before it; rows at the head of a list, which have none, take the one behind. */
export function elementCuts(elements: readonly Cut[], stays: readonly boolean[]): readonly Cut[] {
  const cuts: Cut[] = [];
  let keptBefore: Cut | undefined;
  let from: number | undefined;
  elements.forEach((element, i) => {
    if (stays[i] === false) {
      from ??= keptBefore === undefined ? element[0] : keptBefore[1];
      return;
    }
    if (from !== undefined) cuts.push([from, keptBefore === undefined ? element[0] : (elements[i - 1]?.[1] ?? from)]);
    from = undefined;
    keptBefore = element;
  });
  const last = elements.at(-1);
  if (from !== undefined && last !== undefined) cuts.push([from, last[1]]);
  return cuts;
}
