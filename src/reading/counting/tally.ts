import { isForeign, isHeading } from '../../core/decoded.ts';
import type { Admitted, CutLines } from '../../model/call-cutter.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Role } from '../../model/format.ts';
import type { ReadReport } from '../../model/report.ts';
import { leftOf, type Skimmed } from '../../model/skimmed.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { Guests } from '../recognising/guests.ts';
import { sniffable } from '../recognising/owner-of.ts';
import type { Recognised } from '../recognising/recognise.ts';
import { Strangers } from '../recognising/strangers.ts';
import { FileSpan } from './file-span.ts';
import { type HandedOver, Headings } from './handed-over.ts';
import { UNRECOGNISED } from './unread.ts';

const MAX_BAD = 5;
const NOTHING: readonly Event[] = [];
/** Why a record was left of which nothing can bear on a violation. */
export const OUT_OF_REACH = 'out of reach';
const NOT_ADMITTED = 'its format takes no lines that were cut';

/** Counts and routes the records of one file. A record that the file's format refuses is offered to the others that claimed some. */
export class Tally {
  readonly #file: Recognised;
  readonly #context: DecodeContext;
  readonly #decoders = new Map<string, { format: Format; decoder: Decoder; count: number }>();
  readonly #skipped: Record<string, number> = {};
  readonly #bad: { line: number; reason: string; text: string }[] = [];
  #read = 0;
  #decoded = 0;
  #kept = 0;
  #skippedTotal = 0;
  #failed = 0;
  readonly #span = new FileSpan();
  #left = 0;
  /** Of the last record. */
  #decoder: Decoder | undefined;
  #handed: Decoder | undefined;
  readonly #headings = new Headings();
  readonly #strangers = new Strangers();
  readonly #guests: Guests;

  /** `before`: what the piece before this one handed over, see `handOver`. */
  constructor(file: Recognised, formats: readonly Format[], context: DecodeContext, before?: Partial<HandedOver>) {
    this.#file = file;
    this.#guests = new Guests(file, formats, context);
    this.#context = context;
    const { format } = file.detection;
    const { held, headings = [] } = before ?? {};
    if (format === undefined || (held === undefined && headings.length === 0)) return;
    this.#headings.begin(this.#entryOf(format, held).decoder, headings, context.path);
  }

  /** Lines that were left after one look: they are whole, and nothing in them can bear on a violation. */
  leave(skimmed: Skimmed, firstLine: number): void {
    const count = leftOf(skimmed);
    this.#read += count;
    this.#left += count;
    if (count > 0) this.#skip(OUT_OF_REACH, count);
    const { lastLeft } = skimmed;
    if (lastLeft !== undefined) this.#span.leave({ text: lastLeft.text, line: firstLine + lastLeft.line });
  }

  /** A record of which nothing was kept counts as left, so that it is the same whether it had to be read for that. */
  note(events: readonly Event[], kept: readonly Event[], line: number): void {
    const made = this.#decoder?.made?.();
    // What is held back says nothing yet.
    if (made !== undefined && events.length === 0) return;
    const isDropped = events.length > 0 && kept.length === 0;
    if (isDropped) this.#drop(events, sumOf(made) || 1);
    else {
      this.#span.add(kept);
      if (kept.length > 0) this.#kept += sumOf(made) || 1;
    }
    this.#span.follow(isDropped ? events : NOTHING, made === undefined ? line : (events[0]?.ref.line ?? line));
  }

  #drop(events: readonly Event[], records: number): void {
    this.#decoded -= records;
    this.#skip(OUT_OF_REACH, records);
    this.#span.drop(events);
  }

  read(record: RawRecord): readonly Event[] {
    this.#read++;
    const { format } = this.#file.detection;
    if (format === undefined) {
      this.#fail(record, 'unknown format');
      return NOTHING;
    }
    if (record.oversize) {
      this.#fail(record, 'longer than 64 MiB');
      return [];
    }
    const guest = this.#guests.claiming(record.text);
    const result = guest === undefined ? this.#readOwn(record, format) : this.#taken(guest, record);
    if (result.status === 'failed') this.#fail(record, result.reason);
    else if (result.status === 'skipped') this.#skip(result.reason, 1);
    else {
      this.#decoded++;
      return result.events;
    }
    return NOTHING;
  }

  /** Lines that were cut: see `Decoder.admit`. */
  admit(cut: CutLines): Admitted {
    const { format } = this.#file.detection;
    const entry = format === undefined ? undefined : this.#entryOf(format);
    const { lines } = cut;
    const admitted = entry?.decoder.admit?.(cut) ?? { lines, skipped: lines, reason: NOT_ADMITTED, events: NOTHING };
    this.#read += admitted.lines;
    this.#decoded += admitted.lines - admitted.skipped;
    if (entry !== undefined) entry.count += admitted.lines;
    if (admitted.skipped > 0) this.#skip(admitted.reason, admitted.skipped);
    this.#span.add(admitted.events);
    return admitted;
  }

  /** See `Decoder.isQuiet`. */
  get isQuiet(): boolean {
    const { format } = this.#file.detection;
    return (format && this.#entryOf(format).decoder.isQuiet?.()) ?? true;
  }

  /** Records that were decoded ahead: so many of which something was made, and those that were skipped, by their reasons. */
  takeAhead(decoded: number, skipped: readonly (readonly [reason: string, count: number])[]): void {
    this.#decoded += decoded;
    this.#countAhead(decoded);
    for (const [reason, count] of skipped) {
      if (count === 0) continue;
      this.#countAhead(count);
      this.#skip(reason, count);
    }
  }

  #countAhead(count: number): void {
    const { format } = this.#file.detection;
    this.#read += count;
    if (format !== undefined) this.#entryOf(format).count += count;
  }

  /** The first and last moment of some events. */
  see([first, last]: readonly [Micros, Micros]): void {
    this.#span.reach(first, last);
  }

  /** Records of which something was kept. */
  get kept(): number {
    return this.#kept;
  }

  /** Records of several formats stand in the file. */
  get isMixed(): boolean {
    return this.#decoders.size > 1;
  }

  #entryOf(format: Format, held?: unknown) {
    let entry = this.#decoders.get(format.id);
    if (entry === undefined) {
      entry = { format, decoder: format.open(this.#context, held), count: 0 };
      this.#decoders.set(format.id, entry);
    }
    return entry;
  }

  #decode(format: Format, record: RawRecord) {
    const entry = this.#entryOf(format);
    this.#decoder = entry.decoder;
    const result = entry.decoder.decode(record);
    if (result.status !== 'failed' && !isForeign(result)) entry.count++;
    return result;
  }

  #readOwn(record: RawRecord, format: Format): Decoded {
    const { text } = record;
    const result = this.#decode(format, record);
    this.#headings.note(text, result);
    if (!this.#strangers.mayBeAnothers(text, result, format)) return result;
    const other = this.#guests.ownerOf(sniffable(text));
    this.#strangers.note(text, result, other !== undefined);
    if (other === undefined) return this.#goneOn(record) ?? this.#strangers.outcome(text, result, format);
    if (result.status === 'skipped' && !isForeign(result)) this.#entryOf(format).count--;
    return this.#taken(other, record);
  }

  /** What another format makes of a record that it claims. */
  #taken(guest: Format, record: RawRecord): Decoded {
    const result = this.#decode(guest, record);
    if (result.status === 'skipped' && isHeading(result.reason)) this.#guests.begin(guest, record.text);
    return result;
  }

  /** What nobody claims may go on with what others began: a table, calls whose results name only their ids. */
  #goneOn(record: RawRecord): Decoded | undefined {
    for (const guest of this.#guests.mayGoOn(record.text)) {
      const result = this.#decode(guest, record);
      if (result.status === 'decoded') return result;
    }
    return undefined;
  }

  #skip(reason: string, count: number): void {
    this.#skippedTotal += count;
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
  }

  #fail(record: RawRecord, reason: string): void {
    this.#failed++;
    if (this.#bad.length < MAX_BAD) this.#bad.push({ line: record.ref.line, reason, text: record.text.slice(0, 200) });
  }

  /** What its own decoder holds goes to the next piece of its log, and is no longer part of what is held back to the end. */
  handOver(): HandedOver {
    const { format } = this.#file.detection;
    const decoder = format && this.#decoders.get(format.id)?.decoder;
    const held = decoder?.held?.();
    if (held !== undefined) this.#handed = decoder;
    return { from: this.#context.path, held, headings: this.#headings.lines };
  }

  /** Records were read under the headings of the piece before. */
  get isUnderOthers(): boolean {
    return this.#headings.isUnderOthers;
  }

  /** What decoders held back to the end. `keep`: which of it are kept. */
  flush(keep: (events: readonly Event[]) => readonly Event[] = (events) => events): readonly Event[] {
    const decoders = [...this.#decoders.values()].filter(({ decoder }) => decoder !== this.#handed);
    const held = decoders.map(({ decoder }) => ({ events: decoder.flush?.() ?? [], decoder }));
    const kept = keep(held.flatMap(({ events }) => events));
    for (const { events, decoder } of held) this.#noteHeld(events, new Set(kept), decoder.made?.());
    this.#span.close(this.#file.detection.format, this.#context);
    return kept;
  }

  /** `made`: see `Decoder.made`. */
  #noteHeld(events: readonly Event[], kept: ReadonlySet<Event>, made: readonly number[] | undefined): void {
    if (made === undefined) {
      this.#span.add(events);
      this.#kept += events.filter((event) => kept.has(event)).length;
    } else
      for (const [i, event] of events.entries()) {
        if (kept.has(event)) {
          this.#span.add([event]);
          this.#kept += made[i] ?? 1;
        } else this.#drop([event], made[i] ?? 1);
        this.#span.follow(kept.has(event) ? NOTHING : [event], event.ref.line);
      }
  }

  report(sha256: Promise<string>, bytes: number): ReadReport {
    const { input, detection } = this.#file;
    const roles = new Set<Role>([...this.#decoders.values()].flatMap(({ format }) => [...format.roles]));
    const note = this.#note(bytes);
    return {
      path: input.path,
      format: detection.format?.id,
      roles: [...roles].sort(),
      sha256,
      bytes,
      records: {
        read: this.#read,
        decoded: this.#decoded,
        skipped: this.#skippedTotal,
        failed: this.#failed,
        duplicate: 0,
      },
      skipped: this.#skipped,
      first: this.#span.first,
      last: this.#span.last,
      host: undefined,
      candidates: detection.candidates.slice(0, 5),
      bad: this.#bad,
      mixed: this.isMixed ? Object.fromEntries(this.#counts()) : {},
      ...(note === undefined ? {} : { note }),
    };
  }

  /** Records of each format; what was left is of the file's own. */
  *#counts(): Generator<readonly [formatId: string, count: number]> {
    const own = this.#file.detection.format?.id;
    for (const [id, { count }] of this.#decoders) if (count > 0) yield [id, id === own ? count + this.#left : count];
  }

  /** Why nothing was read of it. */
  #note(bytes: number): string | undefined {
    const { input, head, detection } = this.#file;
    if (head.binary !== undefined) return head.binary;
    if (bytes === 0 || head.empty) return input.bytes === 0 ? 'empty' : 'nothing could be read of it';
    return detection.format === undefined ? UNRECOGNISED : undefined;
  }
}

function sumOf(numbers: readonly number[] | undefined): number {
  return numbers?.reduce((sum, number) => sum + number, 0) ?? 0;
}
