import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Format, Glance, Look } from '../../model/format.ts';
import type { ReadReport } from '../../model/report.ts';
import type { RawRecord } from '../../model/source.ts';
import { endOfUnits } from '../../reach/skimming/units.ts';
import type { Cut } from '../../sources/cutting/frame.ts';
import type { OnLeft } from '../../sources/cutting/line-cutter.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { holdsText } from '../../sources/heads/binary.ts';
import { cutFor } from '../../sources/heads/head.ts';
import { isSeekable } from '../../sources/records/lines-at.ts';
import { newReadLog, readBytes } from '../../sources/records/read.ts';
import { readRecords, type Skimming } from '../../sources/records/read-records.ts';
import type { Unpack } from '../../sources/records/read-thread.ts';
import type { HandedOver } from '../counting/handed-over.ts';
import { Tally } from '../counting/tally.ts';
import { JoinedLines } from '../recognising/joined-lines.ts';
import type { Recognised } from '../recognising/recognise.ts';
import { Swallowed } from '../recognising/swallowed.ts';
import { contextOf, type Dating } from './decode-context.ts';
import type { Cutting, Emit, Taking } from './taking.ts';

/** So many bytes later does hashing begin for each violation, as weighing them after reading leaves a core to spare. Of 15, 25 and 40 KB on a night of 2 GB none was clearly faster; the less it is, the fewer lines wait for a hash. */
const HASHED_PER_EVENT = 25e3;
/** The same for each of a log of processes, which is then read again for others near them. 2 GB of Falco took 5.4 s with 25 KB and 5.1 s with this. */
const HASHED_PER_PROCESS = 120e3;
/** The same for each call that was taken: clocks and episodes are made of all calls on one thread. */
const HASHED_PER_CALL = 800;

/** Decides what becomes of records where not all can be kept. */
interface Judge {
  /** How the chunks of a file are skimmed. */
  skimming(look: Look): Skimming['skim'];
  readonly buffers: Skimming['buffers'];
  /** Takes note of what was left, before the records of that chunk. */
  readonly left: OnLeft;
  /** Of a record's events those to keep. `glance`: looks at it, to be asked at once; without a record: what decoders held back. */
  keep(events: readonly Event[], record: RawRecord | undefined, glance: () => Glance | undefined): readonly Event[];
}

export interface CollectOptions extends Dating {
  /** All events are kept where there is none. */
  readonly judge?: Judge | undefined;
  /** Of files that are read ahead, where nothing judges. */
  readonly cutting?: Cutting | undefined;
  /** Where another thread decompresses what is skimmed. */
  readonly unpack?: Unpack | undefined;
  /** A second reading needs no hash again, and some runs need none at all. */
  readonly hashed: boolean;
  /** What the piece before this one of a rotated log handed over, and whether another follows. */
  readonly before?: HandedOver | undefined;
  readonly goesOn?: boolean;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What reading a file found out. */
interface Collected {
  readonly report: ReadReport;
  readonly problems: readonly Diagnostic[];
  /** Single lines of it can be read again by their place, and mean the same without the others. */
  readonly isRevisitable: boolean;
  /** Their bytes stand in the file as they are read. */
  readonly isSeekable: boolean;
  /** For the next piece of its log, where one follows. */
  readonly handed: HandedOver | undefined;
  /** Records of which something was kept. */
  readonly kept: number;
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
  const tally = new Tally(file, formats, context, options.before);
  const { judge, hashed, unpack } = options;
  const cut = options.cutting?.open(tally, emit);
  const skimming = judge === undefined ? cuttingOf(options.cutting, cut) : skimmingOf(file, context, { judge, tally });
  const log = newReadLog();
  const framing = detection.format && cutFor(file.head, detection.format.framing);
  const swallowed = swallowing(detection.format, framing, formats);
  let seen = 0;
  const progress = (): boolean => {
    options.onBytes?.(log.storedBytes - seen);
    seen = log.storedBytes;
    return options.signal?.aborted === true;
  };
  if (framing === undefined) {
    for await (const _ of readBytes(input, log, { hashed })) if (progress()) break;
  } else {
    const glancing = judge === undefined ? noGlance : glancingAt(detection.format, context);
    const joined = joinedLines(file, formats, skimming ?? cut);
    const take = takingRecords({ tally, judge, cut, glancing, swallowed, emit });
    const work = { bytes: 0 };
    const perEvent = judge === undefined ? 0 : hashedPerEvent(detection.format);
    const how = { cut: framing, log, hashed, hashLater: bytesOf(work), unpack, ...skimming };
    for await (const records of readRecords(input, how)) {
      const kept = await take(joined?.push(records) ?? records);
      work.bytes = cut === undefined ? work.bytes + kept * perEvent : cut.calls * HASHED_PER_CALL;
      if (progress()) break;
    }
    await take(joined?.end() ?? []);
  }
  progress();
  const handed = options.goesOn === true ? tally.handOver() : undefined;
  await emit(tally.flush(judge && ((rest) => judge.keep(rest, undefined, () => undefined))));
  const headless = tally.isUnderOthers ? [underOthers(input, options.before)] : [];
  return {
    report: tally.report(log.sha256, log.storedBytes),
    problems: [...log.problems, ...headless, ...unopened(file), ...(swallowed?.problems(input.path) ?? [])],
    isRevisitable: skimming !== undefined && framing === 'lines' && !tally.isMixed,
    isSeekable: isSeekable(input, log),
    handed,
    kept: tally.kept,
  };
}

/** None where lines are passed over: what stands between them is not known. */
function joinedLines(
  { head, detection: { format } }: Recognised,
  formats: readonly Format[],
  passing: object | undefined,
): JoinedLines | undefined {
  const isOfLines = format !== undefined && cutFor(head, format.framing) === 'lines';
  return isOfLines && passing === undefined ? new JoinedLines(format, formats) : undefined;
}

/** Only of records of several lines. */
function swallowing(own: Format | undefined, cut: Cut | undefined, formats: readonly Format[]): Swallowed | undefined {
  return own !== undefined && typeof cut === 'object' ? new Swallowed(own, formats) : undefined;
}

/** An error: it may hold anything. */
function unopened({ input: { path }, head: { binary }, detection }: Recognised): readonly Diagnostic[] {
  if (binary === undefined || detection.format !== undefined || !holdsText(binary)) return [];
  return [{ severity: 'error', code: 'not-opened', message: `${path} was not read: ${binary}`, path }];
}

/** The columns may have changed meanwhile. */
function underOthers({ path }: InputFile, before: HandedOver | undefined): Diagnostic {
  const message = `${path} begins without a heading and was read under that of ${before?.from ?? 'the piece before'}`;
  return { severity: 'info', code: 'heading-before', message, path };
}

interface TakingContext {
  readonly tally: Tally;
  readonly judge: Judge | undefined;
  readonly cut: Taking | undefined;
  readonly glancing: Glancing;
  readonly swallowed: Swallowed | undefined;
  readonly emit: Emit;
}

/** Takes records of a file in their order, among what was cut from others, and tells how many of their events were kept. */
function takingRecords({ tally, judge, cut, glancing, swallowed, emit }: TakingContext) {
  return async (records: readonly RawRecord[]): Promise<number> => {
    let events: Event[] = [];
    let count = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as RawRecord;
      if (cut?.isDue(record.ref.line)) {
        if (events.length > 0) await emit(events);
        events = [];
        await cut.takeUntil(record.ref.line);
      }
      swallowed?.note(record);
      const own = tally.read(record);
      const kept = judge === undefined ? own : judge.keep(own, record, glancing(record.text));
      tally.note(own, kept, record.ref.line);
      count += kept.length;
      for (let k = 0; k < kept.length; k++) events.push(kept[k] as Event);
    }
    if (events.length > 0) await emit(events);
    await cut?.takeUntil(Infinity);
    return count;
  };
}

/** Made outside: the thread that hashes would hold whoever judges until it is done, with the memory of all threads. */
function bytesOf(work: { readonly bytes: number }): () => number {
  return () => work.bytes;
}

function hashedPerEvent(format: Format | undefined): number {
  return format?.roles.includes('process') === true ? HASHED_PER_PROCESS : HASHED_PER_EVENT;
}

type Glancing = (text: string) => () => Glance | undefined;

const noGlance: Glancing = () => () => undefined;

/** A look at each record, when it is asked for; where it may be a header that a look at those that follow needs, in any case. */
function glancingAt(format: Format | undefined, context: DecodeContext): Glancing {
  const look = format?.look?.(context);
  if (look === undefined) return noGlance;
  if (format?.isInOrder !== true) return (text) => () => look(text);
  return (text) => {
    const glance = look(text);
    return () => glance;
  };
}

function cuttingOf(
  cutting: Cutting | undefined,
  taking: Taking | undefined,
): { readonly skimming: Skimming } | undefined {
  if (cutting === undefined || taking === undefined) return undefined;
  const { skim, buffers, isOfRecords } = cutting;
  return {
    skimming: {
      isGradual: false,
      skim,
      buffers,
      isOfRecords,
      onLeft: (skimmed, base, stretch) => taking.left(skimmed, base, stretch),
    },
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
  const { isInOrder = false, headings } = detection.format ?? {};
  const isGradual = !isInOrder || headings !== undefined;
  const onLeft: OnLeft = (skimmed, base, stretch) => {
    tally.leave(skimmed, base.line);
    judge.left(skimmed, base, stretch);
  };
  const { continues } = look;
  const { buffers } = judge;
  const ending = continues === undefined ? {} : { endOf: (chunk: Uint8Array) => endOfUnits(chunk, continues) };
  return { skimming: { isGradual, skim: judge.skimming(look), buffers, onLeft, ...ending } };
}
