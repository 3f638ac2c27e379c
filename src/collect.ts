import { tryJson } from './core/json.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { DecodeContext, Decoder, Format, Glance, Look, Role } from './model/format.ts';
import type { InputReport } from './model/report.ts';
import { leftOf, type Skimmed } from './model/skimmed.ts';
import type { RawRecord } from './model/source.ts';
import type { Micros } from './model/time.ts';
import { type Detection, detectFormat } from './sources/detect.ts';
import type { InputFile } from './sources/discover.ts';
import { cutFor, factsOf, type Head, type HeadFacts } from './sources/head.ts';
import type { OnLeft } from './sources/line-cutter.ts';
import { isSeekable, linesAt, type Place } from './sources/lines-at.ts';
import { newReadLog, readBytes } from './sources/read.ts';
import { readRecords, type Skimming } from './sources/read-records.ts';

/** A file with what its head said and what it was recognised as. */
export interface Recognised {
  readonly input: InputFile;
  readonly head: HeadFacts;
  readonly detection: Detection;
}

/** Decides what becomes of records where not all can be kept. */
export interface Judge {
  /** How the chunks of a file are skimmed. */
  skimming(look: Look): Skimming['skim'];
  /** Takes note of what was left, before the records of that chunk. */
  readonly left: OnLeft;
  /** Of a record's events those to keep. `glance`: what the look at it told; without a record: what decoders held back. */
  keep(events: readonly Event[], record: RawRecord | undefined, glance: Glance | undefined): readonly Event[];
}

/** Takes events; whoever writes them somewhere slow is waited for. */
export type Emit = (events: readonly Event[]) => void | Promise<void>;

export interface CollectOptions {
  readonly zoneOffsetMin: (path: string) => number;
  readonly reference: (input: InputFile) => Micros;
  /** All events are kept where there is none. */
  readonly judge?: Judge;
  /** A second reading needs no hash again. */
  readonly hashed: boolean;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const MAX_BAD = 5;

export function recognise(
  input: InputFile,
  head: Head,
  formats: readonly Format[],
  forced: Format | undefined,
): Recognised {
  return { input, head: factsOf(head), detection: detectionOf(input, head, formats, forced) };
}

function detectionOf(input: InputFile, head: Head, formats: readonly Format[], forced: Format | undefined): Detection {
  if (forced !== undefined)
    return {
      format: forced,
      others: [],
      candidates: [{ id: forced.id, score: 1, reason: 'named by --as or by the configuration' }],
    };
  if (head.binary !== undefined) return { format: undefined, others: [], candidates: [] };
  return detectFormat(formats, input.path, head);
}

/** What reading a file found out. */
interface Collected {
  readonly report: InputReport;
  readonly problems: readonly Diagnostic[];
  /** Single lines of it can be read again by their place. */
  readonly isSeekable: boolean;
}

/** Reads one recognised file to its end: every event goes to `emit`; the report counts every record. */
export async function collectFile(
  file: Recognised,
  formats: readonly Format[],
  options: CollectOptions,
  emit: Emit,
): Promise<Collected> {
  const { input, detection } = file;
  const context = contextOf(input, options);
  const tally = new Tally(file, formats, context);
  const { judge } = options;
  const look = judge === undefined ? undefined : detection.format?.look?.(context);
  const skimming = judge === undefined ? undefined : skimmingOf(file, context, { judge, tally });
  const log = newReadLog();
  let seen = 0;
  const progress = (): boolean => {
    options.onBytes?.(log.storedBytes - seen);
    seen = log.storedBytes;
    return options.signal?.aborted === true;
  };
  if (detection.format === undefined) {
    for await (const _ of readBytes(input, log)) if (progress()) break;
  } else {
    const cut = cutFor(file.head, detection.format.framing);
    const { hashed } = options;
    for await (const records of readRecords(input, { cut, log, hashed, ...skimming })) {
      const events: Event[] = [];
      for (const record of records) {
        const own = tally.read(record);
        // Also what is no event: a look may need the header of the lines that follow.
        const kept = judge === undefined ? own : judge.keep(own, record, look?.(record.text));
        tally.note(own, kept, record.ref.line);
        events.push(...kept);
      }
      if (events.length > 0) await emit(events);
      if (progress()) break;
    }
  }
  progress();
  const rest = tally.flush();
  await emit(judge === undefined ? rest : judge.keep(rest, undefined, undefined));
  return {
    report: tally.report(log.sha256, log.storedBytes),
    problems: log.problems,
    isSeekable: isSeekable(input, log),
  };
}

/** Single lines to be read again, and which of their events to keep. */
export interface Visit<P extends Place> {
  readonly places: Iterable<P>;
  keep(events: readonly Event[], place: P | undefined): readonly Event[];
}

/** Reads single lines of a file once more, in its order. What no longer stands where it stood is a problem. */
export function collectLines<P extends Place>(
  file: Recognised,
  formats: readonly Format[],
  options: Pick<CollectOptions, 'zoneOffsetMin' | 'reference' | 'signal'>,
  visit: Visit<P>,
): { readonly events: readonly Event[]; readonly problems: readonly Diagnostic[] } {
  const { input } = file;
  const tally = new Tally(file, formats, contextOf(input, options));
  const events: Event[] = [];
  let moved = 0;
  for (const { place, record } of linesAt(input, visit.places, () => moved++)) {
    events.push(...visit.keep(tally.read(record), place));
    if (options.signal?.aborted === true) break;
  }
  events.push(...visit.keep(tally.flush(), undefined));
  return { events, problems: moved === 0 ? [] : [movedLines(input, moved)] };
}

function movedLines({ path }: InputFile, count: number): Diagnostic {
  const message = `${path} was changed while it was read: ${count} of its lines no longer stand where they stood`;
  return { severity: 'warning', code: 'changed', message, path };
}

export function contextOf(
  input: InputFile,
  options: Pick<CollectOptions, 'zoneOffsetMin' | 'reference'>,
): DecodeContext {
  return {
    path: input.path,
    zoneOffsetMin: options.zoneOffsetMin(input.path),
    reference: options.reference(input),
  };
}

/** Lines are skimmed where the format has a look at them. */
function skimmingOf(
  { detection }: Recognised,
  context: DecodeContext,
  { judge, tally }: { readonly judge: Judge; readonly tally: Tally },
): { readonly skimming: Skimming } | undefined {
  const look = detection.format?.look?.(context);
  if (look === undefined) return undefined;
  const onLeft: OnLeft = (skimmed, base) => {
    tally.leave(skimmed, base.line);
    judge.left(skimmed, base);
  };
  return { skimming: { skim: judge.skimming(look), onLeft } };
}

/** Counts and routes the records of one file. A record that the file's format refuses is offered to the others that claimed some. */
class Tally {
  readonly #file: Recognised;
  readonly #formats: readonly Format[];
  readonly #context: DecodeContext;
  readonly #decoders = new Map<string, { format: Format; decoder: Decoder; count: number }>();
  readonly #skipped: Record<string, number> = {};
  readonly #bad: { line: number; reason: string; text: string }[] = [];
  #read = 0;
  #decoded = 0;
  #skippedTotal = 0;
  #failed = 0;
  #first: Micros | undefined;
  #last: Micros | undefined;
  #left = 0;
  #lastLeft = '';
  #lastDropped: readonly Event[] = [];
  #lastLine = 0;

  constructor(file: Recognised, formats: readonly Format[], context: DecodeContext) {
    this.#file = file;
    this.#formats = formats;
    this.#context = context;
  }

  /** Lines that were left after one look: they are whole, and nothing in them can bear on a violation. */
  leave(skimmed: Skimmed, firstLine: number): void {
    const count = leftOf(skimmed);
    this.#read += count;
    this.#left += count;
    if (count > 0) this.#skip('out of reach', count);
    if (skimmed.lastLeft === undefined) return;
    this.#lastDropped = [];
    this.#lastLeft = skimmed.lastLeft.text;
    this.#lastLine = firstLine + skimmed.lastLeft.line;
  }

  /** A record of which nothing was kept counts as left, so that it is the same whether it had to be read for that. */
  note(events: readonly Event[], kept: readonly Event[], line: number): void {
    if (events.length > 0 && kept.length === 0) {
      this.#decoded--;
      this.#skip('out of reach', 1);
      if (this.#first === undefined) this.#span(events);
      this.#lastDropped = events;
    } else {
      this.#span(kept);
      this.#lastDropped = [];
    }
    if (line > this.#lastLine) this.#lastLeft = '';
    else this.#lastDropped = [];
    this.#lastLine = Math.max(line, this.#lastLine);
  }

  read(record: RawRecord): readonly Event[] {
    this.#read++;
    const { format } = this.#file.detection;
    if (format === undefined) {
      this.#fail(record, 'unknown format');
      return [];
    }
    if (record.oversize) {
      this.#fail(record, 'longer than 64 MiB');
      return [];
    }
    let result = this.#decode(format, record);
    if (result.status === 'failed') {
      const other = this.#ownerOf(record, format);
      if (other !== undefined) result = this.#decode(other, record);
    }
    if (result.status === 'failed') this.#fail(record, result.reason);
    else if (result.status === 'skipped') this.#skip(result.reason, 1);
    else {
      this.#decoded++;
      return result.events;
    }
    return [];
  }

  #decode(format: Format, record: RawRecord) {
    let entry = this.#decoders.get(format.id);
    if (entry === undefined) {
      entry = { format, decoder: format.open(this.#context), count: 0 };
      this.#decoders.set(format.id, entry);
    }
    const result = entry.decoder.decode(record);
    if (result.status !== 'failed') entry.count++;
    return result;
  }

  #ownerOf(record: RawRecord, not: Format): Format | undefined {
    const sniffed = { text: record.text, json: record.text.startsWith('{') ? tryJson(record.text) : undefined };
    let best: Format | undefined;
    let score = 0.5;
    for (const format of this.#file.detection.others.length > 0 ? this.#file.detection.others : this.#formats) {
      if (format === not || format.framing !== not.framing) continue;
      const sniff = format.claims(sniffed);
      if (sniff.score > score) {
        best = format;
        score = sniff.score;
      }
    }
    return best;
  }

  #span(events: readonly Event[]): void {
    for (const { time } of events) {
      if (time.basis === 'none') continue;
      if (this.#first === undefined || time.at < this.#first) this.#first = time.at;
      if (this.#last === undefined || time.at > this.#last) this.#last = time.at;
    }
  }

  #skip(reason: string, count: number): void {
    this.#skippedTotal += count;
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
  }

  #fail(record: RawRecord, reason: string): void {
    this.#failed++;
    if (this.#bad.length < MAX_BAD) this.#bad.push({ line: record.ref.line, reason, text: record.text.slice(0, 200) });
  }

  flush(): readonly Event[] {
    const events = [...this.#decoders.values()].flatMap(({ decoder }) => [...(decoder.flush?.() ?? [])]);
    this.#span(events);
    this.#span(this.#lastDropped);
    this.#spanLastLeft();
    return events;
  }

  /** The last line ends the span of the file, read or not. */
  #spanLastLeft(): void {
    const { format } = this.#file.detection;
    if (format === undefined || this.#lastLeft === '') return;
    const ref = { source: this.#context.path, line: 0, offset: 0, bytes: 0 };
    const decoder = format.open(this.#context);
    const result = decoder.decode({ text: this.#lastLeft, ref });
    if (result.status === 'decoded') this.#span([...result.events, ...(decoder.flush?.() ?? [])]);
  }

  report(sha256: string, bytes: number): InputReport {
    const { input, head, detection } = this.#file;
    const roles = new Set<Role>([...this.#decoders.values()].flatMap(({ format }) => [...format.roles]));
    const own = detection.format?.id;
    const mixed =
      this.#decoders.size > 1
        ? Object.fromEntries(
            [...this.#decoders].flatMap(([id, { count }]) =>
              count > 0 ? [[id, id === own ? count + this.#left : count]] : [],
            ),
          )
        : {};
    const note =
      head.binary ?? (bytes === 0 ? 'empty' : detection.format === undefined ? 'no format recognises it' : undefined);
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
      first: this.#first,
      last: this.#last,
      host: undefined,
      candidates: detection.candidates.slice(0, 5),
      bad: this.#bad,
      mixed,
      ...(note === undefined ? {} : { note }),
    };
  }
}
