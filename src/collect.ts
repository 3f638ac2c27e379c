import { tryJson } from './core/json.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { DecodeContext, Decoder, Format, Glance, Role } from './model/format.ts';
import type { InputReport } from './model/report.ts';
import type { RawRecord } from './model/source.ts';
import type { Micros } from './model/time.ts';
import { type Detection, detectFormat } from './sources/detect.ts';
import type { InputFile } from './sources/discover.ts';
import { cutFor, factsOf, type Head, type HeadFacts } from './sources/head.ts';
import { newReadLog, readBytes } from './sources/read.ts';
import { readRecords } from './sources/read-records.ts';

/** A file with what its head said and what it was recognised as. */
export interface Recognised {
  readonly input: InputFile;
  readonly head: HeadFacts;
  readonly detection: Detection;
}

/** Decides what becomes of records where not all can be kept. */
export interface Judge {
  /** Whether a line can be left unread after one look at it. */
  leaves(glance: Glance): boolean;
  /** Of a record's events those to keep. `glance`: what the look at it told. */
  keep(events: readonly Event[], glance: Glance | undefined): readonly Event[];
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

/** Reads one recognised file to its end: every event goes to `emit`; the report counts every record. */
export async function collectFile(
  file: Recognised,
  formats: readonly Format[],
  options: CollectOptions,
  emit: Emit,
): Promise<{ report: InputReport; problems: readonly Diagnostic[] }> {
  const { input, detection } = file;
  const context = {
    path: input.path,
    zoneOffsetMin: options.zoneOffsetMin(input.path),
    reference: options.reference(input),
  };
  const tally = new Tally(file, formats, context);
  const { judge } = options;
  const skip = judge === undefined ? undefined : skipperOf(file, context, judge, tally);
  const look = judge === undefined ? undefined : detection.format?.look?.(context);
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
    for await (const records of readRecords(input, { cut, log, hashed, ...(skip === undefined ? {} : { skip }) })) {
      const events: Event[] = [];
      for (const record of records) {
        const own = tally.read(record);
        // Also what is no event: a look may need the header of the lines that follow.
        const glance = look?.(record.text);
        events.push(...(judge === undefined || own.length === 0 ? own : judge.keep(own, glance)));
      }
      if (events.length > 0) await emit(events);
      if (progress()) break;
    }
  }
  progress();
  const rest = tally.flush();
  await emit(judge === undefined ? rest : judge.keep(rest, undefined));
  return { report: tally.report(log.sha256, log.storedBytes), problems: log.problems };
}

/** Leaves lines unread as the judge says. The first line is always read: with the last it tells what time the file spans. */
function skipperOf(
  file: Recognised,
  context: DecodeContext,
  judge: Judge,
  tally: Tally,
): ((line: string) => boolean) | undefined {
  const look = file.detection.format?.look?.(context);
  if (look === undefined) return undefined;
  let first = true;
  return (line) => {
    const glance = look(line);
    if (glance === undefined || !judge.leaves(glance) || first) {
      first = false;
      return false;
    }
    tally.leave(line);
    return true;
  };
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
  #lastLeft: string | undefined;

  constructor(file: Recognised, formats: readonly Format[], context: DecodeContext) {
    this.#file = file;
    this.#formats = formats;
    this.#context = context;
  }

  /** A line that was left after one look: it is whole, and nothing in it can bear on a violation. */
  leave(line: string): void {
    this.#read++;
    this.#skip('out of reach');
    this.#lastLeft = line;
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
    else if (result.status === 'skipped') this.#skip(result.reason);
    else {
      this.#decoded++;
      this.#note(result.events);
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

  #note(events: readonly Event[]): void {
    for (const { time } of events) {
      if (time.basis === 'none') continue;
      if (this.#first === undefined || time.at < this.#first) this.#first = time.at;
      if (this.#last === undefined || time.at > this.#last) this.#last = time.at;
    }
  }

  #skip(reason: string): void {
    this.#skippedTotal++;
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + 1;
  }

  #fail(record: RawRecord, reason: string): void {
    this.#failed++;
    if (this.#bad.length < MAX_BAD) this.#bad.push({ line: record.ref.line, reason, text: record.text.slice(0, 200) });
  }

  flush(): readonly Event[] {
    const events = [...this.#decoders.values()].flatMap(({ decoder }) => [...(decoder.flush?.() ?? [])]);
    this.#note(events);
    this.#noteLastLeft();
    return events;
  }

  /** The last line ends the span of the file, read or not. */
  #noteLastLeft(): void {
    const { format } = this.#file.detection;
    if (format === undefined || this.#lastLeft === undefined) return;
    const ref = { source: this.#context.path, line: 0, offset: 0, bytes: 0 };
    const decoder = format.open(this.#context);
    const result = decoder.decode({ text: this.#lastLeft, ref });
    if (result.status === 'decoded') this.#note([...result.events, ...(decoder.flush?.() ?? [])]);
  }

  report(sha256: string, bytes: number): InputReport {
    const { input, head, detection } = this.#file;
    const roles = new Set<Role>([...this.#decoders.values()].flatMap(({ format }) => [...format.roles]));
    const mixed =
      this.#decoders.size > 1
        ? Object.fromEntries(
            [...this.#decoders].filter(([, entry]) => entry.count > 0).map(([id, entry]) => [id, entry.count]),
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
