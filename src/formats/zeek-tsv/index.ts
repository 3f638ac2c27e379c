import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { zeekEvent } from '../../core/zeek.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Zeek logs as tab-separated text with their `#` header, which may change in the middle of a file. */
export const zeekTsv: Format = {
  id: 'zeek-tsv',
  title: 'Zeek logs (TSV)',
  roles: ['flow', 'dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock:
    '`ts`: epoch seconds with microseconds; first packet (conn), first request (http, dns, ssl), moment of raising (notice, weird)',
  traps: [
    'without its #fields line (after grep or tail) a file cannot be read safely',
    '`-` is unset, `(empty)` is empty',
    'the header changes after a restart',
  ],
  claims,
  sniff,
  open: createDecoder,
};

const ROW = /^\d{9,10}\.\d{6}\t/;

function claims({ text }: SniffRecord): Sniff {
  if (/^#(?:separator \\x09|fields\tts|path\t|set_separator|empty_field|unset_field|types\t|open\t|close\t)/.test(text))
    return yes(0.98, 'Zeek header line');
  return ROW.test(text) && text.split('\t').length >= 7
    ? yes(0.9, 'epoch and tab-separated fields of Zeek')
    : no('no Zeek row');
}

/** Rows alone name no columns: the file is Zeek's by its header. */
function sniff(sample: Sample): Sniff {
  const header = sample.records.find((record) => record.text.startsWith('#fields\t'));
  if (header !== undefined) return yes(0.98, '#fields line of Zeek');
  const rows = sample.records.filter((record) => ROW.test(record.text)).length;
  return rows > 0
    ? { score: (0.9 * rows) / sample.records.length, reason: 'rows of Zeek without their #fields line' }
    : no('no #fields line');
}

function createDecoder(): Decoder {
  let fields: readonly string[] | undefined;
  let path = '';
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (text.startsWith('#')) {
      if (text.startsWith('#fields\t')) fields = text.split('\t').slice(1);
      else if (text.startsWith('#path\t')) path = text.slice(6).trim();
      return skipped('Zeek header');
    }
    if (fields === undefined) return failed('no #fields line before this row: keep the header when cutting Zeek logs');
    const cells = text.split('\t');
    const columns = fields;
    const get = (name: string): string | undefined => {
      const index = columns.indexOf(name);
      const cell = index < 0 ? undefined : cells[index];
      return cell === undefined || cell === '-' || cell === '(empty)' ? undefined : unescapeCell(cell);
    };
    const event = zeekEvent(get, path, record, 'zeek-tsv');
    if (event === undefined) return failed('no usable ts');
    return event.src.ip === undefined && event.dst.ip === undefined
      ? skipped('Zeek record without addresses')
      : decoded(event);
  };
  return { decode };
}

/** Zeek writes bytes that would break the table as `\xNN`. */
function unescapeCell(cell: string): string {
  return cell.includes('\\x')
    ? cell.replace(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    : cell;
}
