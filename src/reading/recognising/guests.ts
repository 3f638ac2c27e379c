import { isHeading } from '../../core/decoded.ts';
import { delimiterOf, splitRow } from '../../core/tables/table.ts';
import type { DecodeContext, Format, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { ownerOf, sniffable } from './owner-of.ts';
import type { Recognised } from './recognise.ts';

/** Names of columns hold no times and no addresses. */
const VALUES = /\d[.:]\d/;
const CELLS = /[,;\t|]/;

interface Table {
  readonly format: Format;
  readonly heading: string;
}

/** Formats that have records in a file beside its own. */
export class Guests {
  readonly #own: Format | undefined;
  readonly #formats: readonly Format[];
  readonly #context: DecodeContext;
  readonly #known: Set<Format>;
  #table: Table | undefined;

  constructor({ detection }: Recognised, formats: readonly Format[], context: DecodeContext) {
    this.#own = detection.format;
    this.#known = new Set(detection.others);
    this.#formats = formats;
    this.#context = context;
  }

  /** Where others are known to be there: what one of them claims and the file's own format does not is theirs, whatever that would make of it. */
  claiming(text: string): Format | undefined {
    if (this.#known.size === 0) return undefined;
    const record = sniffable(text);
    return (this.#own?.claims(record).score ?? 0) > 0 ? undefined : this.#knownOwner(record);
  }

  /** The one whose record it is: known ones are asked first. */
  ownerOf(record: SniffRecord): Format | undefined {
    const format =
      this.#knownOwner(record) ?? ownerOf(record, this.#formats, this.#mayOwn)?.format ?? this.#ownerOfHeading(record);
    if (format !== undefined) this.#known.add(format);
    return format;
  }

  /** Takes note of a line that says how the rows of another format are read. */
  begin(format: Format, heading: string): void {
    this.#table = { format, heading };
  }

  /** Those that a record which nobody claims may go on with. */
  mayGoOn(text: string): Iterable<Format> {
    if (text.startsWith('{')) return this.#known;
    return this.#table !== undefined && fits(text, this.#table.heading) ? [this.#table.format] : [];
  }

  #knownOwner(record: SniffRecord): Format | undefined {
    return ownerOf(record, this.#known, this.#mayOwn)?.format;
  }

  /** A heading alone tells most tables: their rows are claimed by nobody. */
  #ownerOfHeading(record: SniffRecord): Format | undefined {
    const { text } = record;
    if (record.json !== undefined || VALUES.test(text) || !CELLS.test(text)) return undefined;
    const { path } = this.#context;
    const sniffed = ({ sniff }: Format): number => sniff?.({ path, records: [record] }).score ?? 0;
    const format = ownerOf(record, this.#formats, this.#mayOwn, sniffed)?.format;
    return format !== undefined && this.#reads(format, text) ? format : undefined;
  }

  #reads(format: Format, heading: string): boolean {
    const ref: RawRecord['ref'] = { source: this.#context.path, line: 0, offset: 0, bytes: 0 };
    const result = format.open(this.#context).decode({ text: heading, ref });
    return result.status === 'skipped' && isHeading(result.reason);
  }

  readonly #mayOwn = (format: Format): boolean =>
    format !== this.#own && (format.framing === this.#own?.framing || format.framing !== 'csv');
}

/** Whether a row has a cell for each column. Some tables take what stands in any line for their first cells. */
export function fits(row: string, heading: string | undefined): boolean {
  return heading === undefined || cellsOf(row, heading) >= cellsOf(heading, heading);
}

function cellsOf(row: string, heading: string): number {
  return CELLS.test(heading) ? splitRow(row, delimiterOf(heading)).length : row.trim().split(/\s+/).length;
}
