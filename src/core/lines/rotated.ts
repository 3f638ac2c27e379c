import type { Event } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Piece, Timed } from '../../model/timed.ts';
import { push } from '../push.ts';

interface Named {
  /** What all pieces of a log have in common. */
  readonly log: string;
  /** Grows with time. */
  readonly order: number;
}

const PACKED = /\.(?:gz|zst)$/;
/** logrotate, auditd, Docker. What ends in a number already (an address) is no name of a log. */
const NUMBERED = /^(.*[A-Za-z])\.(\d{1,3})$/;
/** logrotate with `dateext`, lumberjack, Suricata. */
const DATED = /^(.*?[^/])[-._](20\d\d-?[01]\d-?[0-3]\d(?:[-T_.:]?\d+)*|1\d{9})Z?(\.[A-Za-z]+)?$/;
/** Zeek: a folder for each day, a file for each hour. */
const HOURLY = /^(.*?)(20\d\d-[01]\d-[0-3]\d)\/([^/]+?)\.(\d\d[:-]\d\d[:-]\d\d)-\d\d[:-]\d\d[:-]\d\d(\.[A-Za-z]+)?$/;

function named(path: string): Named {
  const name = path.replace(PACKED, '');
  const numbered = NUMBERED.exec(name);
  if (numbered !== null) return { log: numbered[1] ?? '', order: -Number(numbered[2]) };
  const hourly = HOURLY.exec(name);
  if (hourly !== null) {
    const [, folder = '', day = '', base = '', hour = '', end = ''] = hourly;
    return { log: `${folder}${base}${end}`, order: orderOf(day + hour) };
  }
  const dated = DATED.exec(name);
  if (dated === null) return { log: name, order: Infinity };
  const [, base = '', date = '', end = ''] = dated;
  return { log: `${base}${end}`, order: orderOf(date) };
}

/** The digits of a date and a time. */
function orderOf(text: string): number {
  return Number(text.replace(/\D/g, '').padEnd(15, '0').slice(0, 15));
}

/** Files that are pieces of one log by name and kind stand together, the oldest first, where the first of them stood. */
export function inPieces<T>(files: readonly T[], tell: (file: T) => { path: string; kind: string | undefined }): T[][] {
  const logs = new Map<string, { file: T; order: number }[]>();
  for (const file of files) {
    const { path, kind } = tell(file);
    const { log, order } = named(path);
    push(logs, `${kind ?? path}\n${log}`, { file, order });
  }
  return Array.from(logs.values(), (pieces) => pieces.sort((a, b) => a.order - b.order).map(({ file }) => file));
}

/** What was read of a file. */
interface Read {
  readonly path: string;
  readonly format: string | undefined;
  readonly roles: readonly string[];
  /** Its first and last moment. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** Which files are pieces of one log: by their names, and because one goes on where the other ended. */
export function piecesOf(files: readonly Read[]): ReadonlyMap<string, Piece> {
  const out = new Map<string, Piece>();
  for (const pieces of inPieces(files, ({ path, format }) => ({ path, kind: format }))) {
    const log = pieces.at(-1)?.path;
    if (log === undefined || pieces.length < 2 || !goOn(pieces)) continue;
    for (const [nth, { path }] of pieces.entries()) out.set(path, { log, nth });
  }
  return out;
}

/** Records are written a little out of order. */
const SLACK_US = 2_000_000;

/**
 * Whether pieces of one name follow each other in time. Some records are stamped with the start of what they tell, some logs hold a
 * stray stamp: it is enough that either end moves on. Shards of traces have such names too, and are written side by side.
 */
function goOn(pieces: readonly Read[]): boolean {
  let before: Span | undefined;
  for (const { first, last, roles } of pieces) {
    if (first === undefined || last === undefined) continue;
    const span = { first, last };
    if (before !== undefined && !follows(before, span, roles.includes('tool-call'))) return false;
    before = span;
  }
  return true;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function follows(before: Span, after: Span, mayBeShard: boolean): boolean {
  const [start, end] = [after.first - before.first, after.last - before.last];
  if (start < -SLACK_US && end < -SLACK_US) return false;
  if (!mayBeShard) return start > SLACK_US || end > SLACK_US || before.last - after.first <= SLACK_US;
  const lengths = before.last - before.first + (after.last - after.first);
  return start + end >= lengths / 4;
}

/** The log that a record stands in, however many files it was cut into. */
export function logOf({ event, piece }: Timed): string {
  return piece?.log ?? event.ref.source;
}

/** The order of records in their logs. */
export function compareInLogs(a: Timed, b: Timed): number {
  const [one, other] = [logOf(a), logOf(b)];
  if (one !== other) return one < other ? -1 : 1;
  const [x, y] = [a.event.ref, b.event.ref];
  return (a.piece?.nth ?? 0) - (b.piece?.nth ?? 0) || x.line - y.line || x.offset - y.offset;
}

/** Records in the order of their logs: of long ones some are read later than others. The list itself where it is in order. */
export function inLogOrder<E extends Event>(events: E[], pieces: ReadonlyMap<string, Piece>): E[] {
  if (pieces.size === 0 && isInOrder(events)) return events;
  const nthOf = ({ ref }: Event): number => pieces.get(ref.source)?.nth ?? 0;
  const logs = new Map<string, E[]>();
  for (const event of events) push(logs, pieces.get(event.ref.source)?.log ?? event.ref.source, event);
  const inLog = (a: E, b: E): number => nthOf(a) - nthOf(b) || a.ref.line - b.ref.line;
  return [...logs.values()].flatMap((own) => own.sort(inLog));
}

/** Whether the records of each file stand together, in its order. */
function isInOrder(events: readonly Event[]): boolean {
  const seen = new Set<string>();
  let last: SourceRef | undefined;
  for (const { ref } of events) {
    if (ref.source === last?.source) {
      if (ref.line < last.line) return false;
    } else if (seen.has(ref.source)) return false;
    else seen.add(ref.source);
    last = ref;
  }
  return true;
}
