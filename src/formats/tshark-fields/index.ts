import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { decodePacket } from '../../core/products/tshark.ts';
import { delimiterOf, headerNames, rowObject, splitRow } from '../../core/tables/table.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `tshark -T fields -E header=y`: a table with columns that the user named. */
export const tsharkFields: Format = {
  id: 'tshark-fields',
  title: 'tshark fields with their header (-T fields -E header=y)',
  roles: ['flow', 'dns'],
  framing: 'auto',
  status: 'documented',
  clock: 'capture time: `frame.time_epoch`, or `frame.time` in words, local',
  traps: [
    'without the header (`-E header=y`) the columns have no names, and the table is not read',
    'a field that a packet has twice is written `a,b`: the first is the outer one',
  ],
  claims,
  sniff: ({ records: [first] }: Sample) => (first === undefined ? no('empty') : claims(first)),
  open,
  isInOrder: true,
};

const NAME = /^_?[a-z][\w-]*(?:\.[\w-]+)+$/i;

function isHeader(text: string): boolean {
  if (!/(?:^|["\t,;| ])frame\.time/.test(text) || !/\bipv?6?\.src\b/.test(text)) return false;
  const names = headerNames(text);
  return names.length > 0 && names.every((name) => NAME.test(name));
}

function claims({ text }: SniffRecord): Sniff {
  return isHeader(text) ? yes(0.97, 'frame.time and ip.src among the names of fields') : no('no header of tshark');
}

interface Table {
  readonly names: readonly string[];
  readonly delimiter: string;
}

function open(context: DecodeContext, held?: unknown): Decoder {
  let table = isTable(held) ? held : undefined;
  const decode = (record: RawRecord): Decoded => {
    if (isHeader(record.text)) {
      table = { names: headerNames(record.text), delimiter: delimiterOf(record.text) };
      return skipped('header');
    }
    if (table === undefined) return failed('no header before the row: the columns have no names');
    const row = rowObject(table.names, splitRow(record.text, table.delimiter));
    const field = (name: string): string | undefined => {
      const value = Object.hasOwn(row, name) ? row[name] : undefined;
      return (name === 'frame.time' ? value : value?.split(',')[0]) || undefined;
    };
    return decodePacket(record, context, field, { format: 'tshark-fields' });
  };
  return { decode, held: () => table };
}

const isTable = (held: unknown): held is Table => typeof held === 'object' && held !== null && 'names' in held;
