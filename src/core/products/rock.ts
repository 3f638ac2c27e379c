import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { arrayOf, at, compact, isObject, textOf } from '../json/json.ts';
import { parseIp } from '../network/ip.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseIso } from '../time/time.ts';

/** A ROCK log record: `{ISO time} {LEVEL}:{file}:{line} [{logger}] [{sandbox}] [{trace}] -- {message}`. */
export interface RockLine {
  readonly stamp: Stamp;
  readonly rawTime: string;
  readonly logger: string;
  readonly sandboxId?: string;
  readonly traceId?: string;
  readonly message: string;
}

/** First releases wrote Python's own local time, without a zone. */
const STAMP = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]?\d*(?:Z|[+-]\d\d:?\d\d)?`;
const WRITER = String.raw` [A-Z]+:[^\s:]+:\d+ \[`;

/** First line of a record; messages go on over lines that do not look like this. */
export const ROCK_STARTS = new RegExp(String.raw`^(?:\p{Cc}\[[0-9;]*m)*${STAMP}${WRITER}`, 'u');
/** First releases named no trace, and a sandbox only where there was one. */
const LINE = new RegExp(String.raw`^(${STAMP})${WRITER}([^\]]*)\](?: \[([^\]]*)\])?(?: \[([^\]]*)\])? --  ?`);

export function parseRockLine(text: string, zoneOffsetMin = 0): RockLine | undefined {
  const plain = withoutColour(text);
  const m = LINE.exec(plain);
  const stamp = m?.[1] === undefined ? undefined : parseIso(m[1], zoneOffsetMin);
  if (m === null || stamp === undefined) return undefined;
  return compact({
    stamp,
    rawTime: m[1] ?? '',
    logger: m[2] ?? '',
    sandboxId: textOf(m[3]),
    traceId: textOf(m[4]),
    message: plain.slice(m[0].length),
  });
}

/** Colours begin so early, or there are none. */
const FIRST_COLOUR = 298;

function withoutColour(text: string): string {
  const first = text.indexOf('\x1b[');
  const isColoured = text.charCodeAt(0) === 0x1b || (first >= 0 && first <= FIRST_COLOUR);
  return isColoured ? dropColour(text) : text;
}

function dropColour(text: string): string {
  return text.replace(/\p{Cc}\[[0-9;]*m/gu, '');
}

interface Lifetime {
  start?: Stamp | undefined;
  end?: Stamp | undefined;
  /** It was restored from its archive since, perhaps on another host than the one that the record names. */
  isElsewhere?: boolean;
}

/** What the record of a sandbox tells of its leases. */
export interface SandboxRecord {
  readonly sandboxId: string;
  readonly hostIp: string | undefined;
  readonly hostName: string | undefined;
  readonly created: Stamp | undefined;
  /** When its container ran, and when the record says that it started. */
  readonly ran: Stamp | undefined;
  readonly started: Stamp | undefined;
  readonly ended: Stamp | undefined;
  /** A port of it is another one of the worker. */
  readonly isPublished: boolean;
}

const NO_HISTORY: readonly Lifetime[] = [];
const ZERO: Stamp = { at: 0 as Micros, zone: 'assumed', stepUs: 1 };

/** Leases of a sandbox record: one for each lifetime. Secrets (`auth_token`, `env`, ...) are never read. */
export function sandboxLeases(info: unknown, origin: { format: string; ref: SourceRef }): readonly LeaseEvent[] {
  const record = sandboxRecord(info);
  return record === undefined ? [] : leasesOf(record, origin, historyOf(info));
}

/** `history`: the times that it ran, where they are told. */
export function leasesOf(
  record: SandboxRecord,
  { format, ref }: { readonly format: string; readonly ref: SourceRef },
  history: readonly Lifetime[] = NO_HISTORY,
): readonly LeaseEvent[] {
  const { sandboxId, hostName } = record;
  const ip = parseIp(record.hostIp ?? '');
  const sharedIp = ip !== undefined && isDockerHost(record) ? (true as const) : undefined;
  return lifetimes(record, history).map(({ start, end, isElsewhere = false }) => {
    const stamp = start ?? end ?? ZERO;
    return compact({
      kind: 'lease' as const,
      format,
      ref,
      clock: start === undefined ? 'stop_time' : 'start_time',
      time: eventTime(stamp, {
        raw: '',
        basis: stamp === ZERO ? 'none' : 'event',
        lo: stamp.at,
        hi: end?.at ?? stamp.at,
      }),
      host: isElsewhere ? undefined : hostName,
      sandboxId,
      ip: isElsewhere ? undefined : ip,
      start: start?.at,
      end: end?.at,
      sharedIp: isElsewhere ? undefined : sharedIp,
    });
  });
}

function sandboxRecord(info: unknown): SandboxRecord | undefined {
  const sandboxId = textOf(at(info, 'sandbox_id'));
  if (sandboxId === undefined) return undefined;
  return {
    sandboxId,
    hostIp: textOf(at(info, 'host_ip')),
    hostName: textOf(at(info, 'host_name')),
    created: stampAt(info, 'create_time'),
    ran:
      stampAt(info, 'phases', 'docker_run', 'completed_at') ??
      stampAt(info, 'status', 'phases', 'docker_run', 'completed_at'),
    started: stampAt(info, 'start_time'),
    ended: stampAt(info, 'stop_time') ?? stampAt(info, 'delete_time'),
    isPublished: isPublished(at(info, 'port_mapping') ?? at(info, 'status', 'port_mapping')),
  };
}

/** Docker publishes the sandbox's ports on the worker, so `host_ip` is shared; on Kubernetes it is the Pod's own address. */
function isDockerHost({ isPublished, hostName, sandboxId }: SandboxRecord): boolean {
  return isPublished || (hostName !== undefined && hostName !== 'default' && !hostName.includes(sandboxId));
}

/** Whether a port is another one outside. */
export function isPublished(ports: unknown): boolean {
  if (isObject(ports)) for (const inner in ports) if (String(ports[inner]) !== inner) return true;
  return false;
}

function stampAt(info: unknown, ...path: readonly string[]): Stamp | undefined {
  const text = textOf(at(info, ...path));
  return text === undefined ? undefined : parseIso(text);
}

/** Lifetimes from `state_history`; the last one is completed from the record's own times, which `restart` clears. */
function lifetimes({ created, ran, started, ended }: SandboxRecord, history: readonly Lifetime[]): readonly Lifetime[] {
  const start = earlier(ran, started);
  const last = history.at(-1);
  if (last === undefined) return [{ start: start ?? (ended === undefined ? undefined : created), end: ended }];
  const before = history.at(-2)?.end;
  if (
    start !== undefined &&
    (last.end === undefined || start.at < last.end.at) &&
    (before === undefined || start.at >= before.at)
  )
    last.start = earlier(start, last.start);
  if (last.start === undefined) last.start = created;
  if (last.end === undefined && ended !== undefined && (last.start === undefined || ended.at >= last.start.at))
    last.end = ended;
  return history;
}

function historyOf(info: unknown): Lifetime[] {
  const list: Lifetime[] = [];
  for (const entry of arrayOf(at(info, 'status', 'state_history') ?? at(info, 'state_history'))) {
    const stamp = stampAt(entry, 'timestamp');
    const [from, to] = [textOf(at(entry, 'from_state')), textOf(at(entry, 'to_state'))];
    const open = list.at(-1);
    if (stamp === undefined) continue;
    if (to === 'running') list.push({ start: stamp });
    else if (from === 'archived' && to === 'pending') for (const life of list) life.isElsewhere = true;
    else if (from === 'running') {
      if (open !== undefined && open.end === undefined) open.end = stamp;
      else list.push({ end: stamp });
    }
  }
  return list;
}

function earlier(a: Stamp | undefined, b: Stamp | undefined): Stamp | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.at <= b.at ? a : b;
}
