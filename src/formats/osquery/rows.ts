import { arrayOf, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseEpoch } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { EventTime, TimeBasis } from '../../model/time.ts';

export type Row = Pick<ProcessEvent, 'op' | 'time'> & Partial<ProcessEvent>;

const OPS = wordTable<'connect' | 'bind' | 'accept'>({
  connect: 'connect',
  bind: 'bind',
  accept: 'accept',
  accept4: 'accept',
});
const RESULTS = wordTable<ProcessEvent['result']>({
  succeeded: 'ok',
  failed: 'fail',
  in_progress: 'in-progress',
});

/** Rows of one report: an event, a snapshot, or a batch of differences; of the last only what is new. */
export function rowsIn(json: unknown): readonly JsonObject[] | undefined {
  if (!isObject(json) || typeof json['hostIdentifier'] !== 'string') return undefined;
  if (isObject(json['columns'])) return json['action'] === 'removed' ? [] : [json['columns']];
  const difference = json['diffResults'];
  if (isObject(difference)) return arrayOf(difference['added']).filter(isObject);
  return Array.isArray(json['snapshot']) ? json['snapshot'].filter(isObject) : undefined;
}

/** `reported`: when the query ran, for tables that show what is there then. */
export function rowEvent(row: JsonObject, reported: Stamp | undefined): Row | undefined {
  const pid = numberOf(row['pid']);
  if (pid === undefined || pid < 0) return undefined;
  const ppid = numberOf(row['parent']);
  const who = compact({
    pid,
    tid: numberOf(row['tid']),
    ppid: ppid === -1 ? undefined : ppid,
    uid: numberOf(row['uid']),
    exe: textOf(row['path']),
  });
  const socket = socketOf(row);
  if (socket !== undefined) return socketRow(row, who, socket, reported);
  const said = textOf(row['syscall']);
  if (said !== undefined && !said.startsWith('exec')) return undefined;
  const time = timeOf(row['time'] ?? row['start_time'], 'event', reported);
  if (time === undefined || (row['cmdline'] === undefined && row['path'] === undefined)) return undefined;
  const code = said === undefined ? undefined : numberOf(row['exit_code']);
  const hasFailed = code !== undefined && code < 0;
  return compact({
    ...who,
    op: hasFailed ? ('exec-failed' as const) : ('exec' as const),
    time,
    exit: hasFailed ? code : undefined,
    commandLine: textOf(row['cmdline']),
    cwd: textOf(row['cwd']),
  });
}

interface Ends {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

function socketOf(row: JsonObject): Ends | undefined {
  const end = (ip: unknown, port: unknown): Endpoint =>
    compact({ ip: parseIp(textOf(ip) ?? ''), port: textOf(port) === '0' ? undefined : parsePort(port) });
  // `listening_ports` has one end only.
  if (row['address'] !== undefined && row['port'] !== undefined)
    return { local: end(row['address'], row['port']), remote: {} };
  if (row['remote_address'] === undefined && row['local_address'] === undefined) return undefined;
  return {
    local: end(row['local_address'], row['local_port']),
    remote: end(row['remote_address'], row['remote_port']),
  };
}

function socketRow(row: JsonObject, who: object, ends: Ends, reported: Stamp | undefined): Row | undefined {
  const said = textOf(row['action']) ?? textOf(row['syscall']);
  const op = said === undefined ? 'socket' : OPS[said];
  const stamped = timeOf(row['time'], 'event', reported);
  const time = stamped ?? (reported === undefined ? undefined : snapshotAt(reported));
  if (op === undefined || time === undefined) return undefined;
  // Rows of Unix sockets have neither end.
  if (ends.local.ip === undefined && ends.remote.ip === undefined && said === undefined) return undefined;
  // Audited calls name no protocol: 0.
  const protocol = textOf(row['protocol']);
  const transport = (protocol === '0' ? undefined : transportName(protocol)) ?? 'ip';
  const result = RESULTS[textOf(row['status']) ?? ''];
  return compact({ ...who, op, time, state: textOf(row['state']), socket: { transport, ...ends }, result } as Row);
}

function timeOf(value: unknown, basis: TimeBasis, reported: Stamp | undefined): EventTime | undefined {
  const raw = textOf(value) ?? '';
  const stamp = parseEpoch(raw);
  return stamp === undefined ? undefined : eventTime(stamp, { raw, basis, observed: reported?.at });
}

function snapshotAt(stamp: Stamp): EventTime {
  return eventTime(stamp, { raw: String(Math.floor(stamp.at / 1_000_000)), basis: 'snapshot' });
}
