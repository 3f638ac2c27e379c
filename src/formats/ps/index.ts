import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { eventTime, micros, parseMonthDay } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

const HEADER = /^\s*(?=.*\bPID\b)(?=.*\b(?:START|STIME|STARTED)\b)[A-Z%]+(?:\s+[A-Z%]+)*\s+(?:CMD|COMMAND|ARGS)\s*$/;
/** `lstart`, the only column of a start that says all of its date. */
const FULL = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\s+/;
/** A pid stands before the start. */
const FULL_ROW = new RegExp(`^\\s*(?:\\S+\\s+){0,6}?\\d+\\s+(?:\\S+\\s+){0,6}?${FULL.source.slice(1)}`);
const DAY = /^([A-Z][a-z]{2})(\d\d)\s+/;
const STARTS: ReadonlySet<string> = new Set(['START', 'STIME', 'STARTED']);
/** The kernel counts ticks since boot, of which ps makes a second. */
const SLACK_US = 1_000_000;
const DAY_US = 86_400_000_000;

/** A table of processes of procps: `ps -eo pid,ppid,uid,lstart,args`, `ps -ef`, `ps auxww`, `docker top`. */
export const ps: Format = {
  id: 'ps',
  title: 'ps (processes with their start)',
  roles: ['process'],
  framing: 'auto',
  status: 'documented',
  clock: 'start of each process, local: `lstart` to the second, STIME and START to the day or not at all',
  traps: [
    'the table says nothing of when it was made: a start of `17:19` has no date and is not read',
    'a name in USER or UID is no uid; threads of the kernel are left out',
    'long command lines are cut where `ww` was not asked for',
  ],
  claims,
  sniff,
  isInOrder: true,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.96, 'header of ps');
  return FULL_ROW.test(text) ? yes(0.6, 'numbers and a full start of ps') : no('no table of ps');
}

/** Most rows have nothing that is theirs alone: their header speaks for them. */
function sniff(sample: Sample): Sniff {
  const first = sample.records[0];
  return first !== undefined && HEADER.test(first.text) ? claims(first) : sniffMean(sample, claims);
}

function open(context: DecodeContext): Decoder {
  let columns: readonly string[] | undefined;
  const decode = (record: RawRecord): Decoded => {
    if (HEADER.test(record.text)) {
      columns = record.text.trim().split(/\s+/);
      return skipped('header');
    }
    const cells = columns && cellsOf(columns, record.text);
    return cells === undefined ? failed('no row under a header of ps') : processOf(record, cells, context);
  };
  return { decode };
}

/** The last column takes the rest; a start may be of five words or of one. */
function cellsOf(columns: readonly string[], text: string): Readonly<Record<string, string>> | undefined {
  const cells: Record<string, string> = {};
  let rest = text.trim();
  for (const name of columns.slice(0, -1)) {
    const cell = (STARTS.has(name) ? FULL.exec(rest)?.[0] : undefined) ?? /^\S+\s+/.exec(rest)?.[0];
    if (cell === undefined) return undefined;
    cells[name] = cell.trim();
    rest = rest.slice(cell.length);
  }
  return /^\d+$/.test(cells['PID'] ?? '') ? { ...cells, command: rest } : undefined;
}

function processOf(record: RawRecord, cells: Readonly<Record<string, string>>, context: DecodeContext): Decoded {
  const commandLine = cells['command'] ?? '';
  if (/^\[[^\]]+\]$/.test(commandLine)) return skipped('thread of the kernel');
  const start = cells['STARTED'] ?? cells['START'] ?? cells['STIME'] ?? '';
  const time = startOf(record, start, context);
  if (time === undefined) return skipped('start without a date: `lstart` states it');
  const uid = cells['UID'] ?? cells['USER'] ?? '';
  return decoded(
    compact({
      kind: 'process' as const,
      format: 'ps',
      clock: 'start',
      time,
      ref: record.ref,
      host: record.host,
      op: 'exec' as const,
      pid: Number(cells['PID']),
      ppid: /^\d+$/.test(cells['PPID'] ?? '') ? Number(cells['PPID']) : undefined,
      uid: /^\d+$/.test(uid) ? Number(uid) : undefined,
      exe: /^\/\S+/.exec(commandLine)?.[0],
      commandLine,
    }),
  );
}

/** Of a day alone the end counts: nothing that was done before it is laid on the process. */
function startOf(record: RawRecord, start: string, context: DecodeContext): EventTime | undefined {
  const { reference, zoneOffsetMin } = context;
  const [, month, day, clock, year] = FULL.exec(`${start} `) ?? [];
  const full = parseMonthDay(`${month} ${day} ${year} ${clock}`, reference, zoneOffsetMin);
  const given = { raw: start, basis: 'event' as const, observed: record.observed };
  if (full !== undefined)
    return eventTime(full, { ...given, lo: micros(full.at - SLACK_US), hi: micros(full.at + 2 * SLACK_US) });
  const [, dayMonth, dayOf] = DAY.exec(`${start} `) ?? [];
  const began = parseMonthDay(`${dayMonth} ${dayOf} 00:00:00`, reference, zoneOffsetMin);
  if (began === undefined) return undefined;
  const end = micros(began.at + DAY_US);
  return eventTime({ ...began, at: end, stepUs: DAY_US }, { ...given, lo: began.at, hi: end });
}
