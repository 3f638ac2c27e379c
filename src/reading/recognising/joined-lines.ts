import type { Format, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { ownerOf, sniffable } from './owner-of.ts';

/** Bytes of a record of several lines among those of other logs: behind them it is taken to be none. */
const MOST_BYTES = 4 * 1024 * 1024;

interface Open {
  /** Its lines so far; the first one begins it. */
  readonly lines: [RawRecord, ...RawRecord[]];
  readonly ends: RegExp | undefined;
}

/**
 * In a file whose lines are records, puts those lines together that are one record of another format: from the line that begins it,
 * to its end where the format has one, else to the next line that some format claims. Lines of one that never ends stay as they are:
 * others may stand among them.
 */
export class JoinedLines {
  readonly #own: Format;
  readonly #formats: readonly Format[];
  readonly #ofLines: readonly Format[];
  #open: Open | undefined;

  constructor(own: Format, formats: readonly Format[]) {
    this.#own = own;
    this.#formats = formats;
    this.#ofLines = formats.filter(({ framing }) => typeof framing === 'object');
  }

  push(records: readonly RawRecord[]): readonly RawRecord[] {
    if (this.#open === undefined && !records.some(({ text }) => this.#begins(text) !== undefined)) return records;
    const out: RawRecord[] = [];
    for (const record of records) this.#add(record, out);
    return out;
  }

  end(): readonly RawRecord[] {
    const out: RawRecord[] = [];
    this.#give(out);
    return out;
  }

  #add(record: RawRecord, out: RawRecord[]): void {
    const begun = this.#begins(record.text);
    const open = this.#open;
    if (begun !== undefined) {
      this.#give(out);
      this.#open = { lines: [record], ends: endOf(begun) };
    } else if (open !== undefined && this.#goesOn(open, record)) open.lines.push(record);
    else {
      this.#give(out);
      out.push(record);
      return;
    }
    if (this.#open?.ends?.test(record.text)) this.#give(out);
  }

  /** The format whose record of perhaps several lines begins so. */
  #begins(text: string): Format | undefined {
    if (text.startsWith('{')) return undefined;
    for (const format of this.#ofLines) {
      const { framing } = format;
      if (typeof framing !== 'object' || !framing.startsRecord.test(text)) continue;
      // What ends by itself need not tell in its first line whose it is.
      if (framing.endsRecord !== undefined && text.trimStart().startsWith('<')) return format;
      // Most lines are none of it, which is sooner told than that they are the file's own.
      const record = sniffable(text);
      if (format.claims(record).score === 0) continue;
      const owner = ownerOf(record, [format, this.#own], () => true)?.format;
      if (owner === format) return format;
    }
    return undefined;
  }

  #goesOn({ lines: [first], ends }: Open, { text, ref }: RawRecord): boolean {
    if (ref.offset + ref.bytes - first.ref.offset > MOST_BYTES) return false;
    return ends !== undefined || !this.#isClaimed(sniffable(text));
  }

  #isClaimed(record: SniffRecord): boolean {
    return this.#own.claims(record).score > 0 || ownerOf(record, this.#formats, () => true) !== undefined;
  }

  /** Gives what is open as one record, or line by line where its end is missing. */
  #give(out: RawRecord[]): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { lines, ends } = open;
    const [first] = lines;
    const last = lines[lines.length - 1] ?? first;
    if (first === last || (ends !== undefined && !ends.test(last.text))) {
      for (const line of lines) out.push(line);
      return;
    }
    const bytes = last.ref.offset + last.ref.bytes - first.ref.offset;
    out.push({ ...first, text: lines.map(({ text }) => text).join('\n'), ref: { ...first.ref, bytes } });
  }
}

function endOf({ framing }: Format): RegExp | undefined {
  return typeof framing === 'object' ? framing.endsRecord : undefined;
}
