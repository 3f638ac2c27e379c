import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { decodeZeek, type ZeekFields } from '../../core/products/zeek.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtZeekRows } from './look.ts';

const HEADER = /^#(?:separator \\x|(?:set_separator|empty_field|unset_field|path|open|close|fields|types)\b)/;
const ROW = /^\d{9,10}\.\d{6}\t[^\t]+\t/;
const UID_ROW = /^\d{9,10}\.\d{6}\t[CFT-][A-Za-z0-9]{0,24}\t/;

/** Zeek's native tab-separated logs with their `#` header. */
export const zeekTsv: Format = {
  id: 'zeek-tsv',
  title: 'Zeek logs (TSV)',
  roles: ['flow', 'dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: '`ts`: first packet or request, microseconds UTC; notices and weirds: when they are raised',
  traps: [
    'columns are named by the #fields line only: rows without it cannot be read',
    'the header changes in mid-file after a restart',
    '`-` is unset, `(empty)` an empty set, `\\x09` an escaped byte',
    'no verdict anywhere: notices and intelligence hits are alerts',
  ],
  claims,
  open: () => {
    const reader = new TsvReader();
    return { decode: (record) => reader.decode(record) };
  },
  isInOrder: true,
  headings: '#',
  look: lookAtZeekRows,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'header line of a Zeek log');
  if (UID_ROW.test(text)) return yes(0.9, 'ts and uid of a Zeek row');
  return ROW.test(text) ? yes(0.6, 'ts and tab-separated cells') : no('neither header nor row of Zeek');
}

/** Header state of one file. */
class TsvReader implements Decoder {
  #fields: readonly string[] | undefined;
  #types: readonly string[] = [];
  #separator = '\t';
  #setSeparator = ',';
  #unset = '-';
  #empty = '(empty)';
  #path: string | undefined;

  decode(record: RawRecord): Decoded {
    const { text } = record;
    if (text.startsWith('#')) {
      this.#readHeader(text);
      return skipped('header');
    }
    if (this.#fields === undefined) return failed('no #fields line before the row: the columns have no names');
    const cells = text.split(this.#separator);
    if (cells.length < 2) return failed('one cell only');
    return decodeZeek('zeek-tsv', record, this.#nameCells(this.#fields, cells), this.#path);
  }

  #readHeader(text: string): void {
    if (text.startsWith('#separator')) {
      this.#separator = unescapeBytes(text.slice(11).trim()) || '\t';
      return;
    }
    const [key = '', ...values] = text.split(this.#separator);
    const value = values[0] ?? '';
    if (key === '#fields') {
      this.#fields = values;
      this.#types = [];
    } else if (key === '#types') this.#types = values;
    else if (key === '#path') this.#path = value === '' ? undefined : value;
    else if (key === '#set_separator') this.#setSeparator = unescapeBytes(value) || ',';
    else if (key === '#unset_field') this.#unset = value;
    else if (key === '#empty_field') this.#empty = value;
  }

  #nameCells(fields: readonly string[], cells: readonly string[]): ZeekFields {
    const out: Record<string, unknown> = {};
    for (let i = 0; i < fields.length; i++) {
      const cell = cells[i];
      const name = fields[i];
      if (name === undefined || cell === undefined || cell === '' || cell === this.#unset) continue;
      if (isList(this.#types[i], name))
        out[name] = cell === this.#empty ? [] : cell.split(this.#setSeparator).map(unescapeBytes);
      else if (cell !== this.#empty) out[name] = unescapeBytes(cell);
    }
    return out;
  }
}

const LISTS = new Set(['answers', 'actions', 'TTLs', 'tunnel_parents', 'sources', 'msg_types', 'uids']);

function isList(type: string | undefined, name: string): boolean {
  return type === undefined ? LISTS.has(name) : /^(?:vector|set)\[/.test(type);
}

/** `\xNN` escapes and the doubled backslash of Zeek's ASCII writer. */
function unescapeBytes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9A-Fa-f]{2})|\\)/g, (_, hex?: string) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
