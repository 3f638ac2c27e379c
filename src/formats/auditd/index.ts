import { type AuditCall, callOf } from '../../core/audit-calls.ts';
import { missing } from '../../core/coverage.ts';
import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, numberOf } from '../../core/json.ts';
import { sockaddrHex } from '../../core/sockaddr.ts';
import { eventTime, parseEpoch, type Stamp } from '../../core/time.ts';
import type { CoverageEvent, Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { type AuditRecord, readArgs, readFields, readHead } from './fields.ts';
import {
  interpretedAddress,
  interpretedArgs,
  interpretedExit,
  interpretedFields,
  interpretedStamp,
} from './interpreted.ts';
import { lookAtAudit } from './look.ts';

/** Audit stamps come from the coarse kernel clock, which moves in ticks of 4 ms. */
const TICK_US = 4000;
/** Records of one event may lie apart; this many events stay open before the oldest is closed. */
const OPEN_LIMIT = 64;
const GROUPED = new Set(['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'SOCKADDR', 'PROCTITLE']);
const STRINGS: ReadonlySet<string> = new Set(['comm', 'exe', 'cwd', 'proctitle']);

interface Group {
  readonly head: AuditRecord;
  ref: SourceRef;
  readonly host: string | undefined;
  readonly observed: Micros | undefined;
  syscall?: Record<string, string>;
  readonly execve: string[];
  /** Records of what the call was given: read only where the call is one that tells something. */
  readonly others: AuditRecord[];
  cwd?: string;
  saddr?: string;
  /** Address that the record spells out. */
  end?: Endpoint;
  title?: string;
}

/** Linux audit log as `auditd` writes it (`log_format` RAW or ENRICHED), or as `ausearch -i` spells it out. */
export const auditd: Format = {
  id: 'auditd',
  title: 'Linux audit log',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall clock of the kernel in ticks of 4 ms',
  traps: [
    'one event is several records, which interleave and may lack their end mark',
    'connect records name no source port and no transport',
    'the child pid of a fork is the one of the child namespace',
    '`ausearch -i` writes local time in the date order of its locale, names for uids, and arguments without quotes',
  ],
  claims,
  open,
  isInOrder: true,
  look: lookAtAudit,
};

function claims({ text }: SniffRecord): Sniff {
  return readHead(text) === undefined
    ? no('no audit(sec.ms:serial) head')
    : yes(0.96, 'type= msg=audit(sec.ms:serial)');
}

function open({ zoneOffsetMin }: DecodeContext): {
  decode(record: RawRecord): Decoded;
  flush(): readonly ProcessEvent[];
} {
  const groups = new Map<string, Group>();
  const close = (key: string): readonly ProcessEvent[] => {
    const group = groups.get(key);
    groups.delete(key);
    const event = group === undefined ? undefined : eventOf(group, zoneOffsetMin);
    return event === undefined ? [] : [event];
  };
  const decode = (record: RawRecord): Decoded => {
    if (/^-*\s*$/.test(record.text)) return skipped('separator');
    const head = readHead(record.text);
    if (head === undefined) return failed('no audit(sec.ms:serial) head');
    const key = `${head.node ?? ''} ${head.stamp} ${head.serial}`;
    if (head.type === 'EOE') return decoded(...close(key));
    if (head.type.startsWith('AUOMS_')) return merged(head, record, zoneOffsetMin);
    if (head.type.startsWith('DAEMON_')) return daemonRecord(head, record, zoneOffsetMin);
    if (!GROUPED.has(head.type)) return skipped('audit record without a process operation');
    const group = groups.get(key) ?? newGroup(head, record);
    groups.set(key, group);
    add(group, head, record);
    const oldest = groups.size > OPEN_LIMIT ? groups.keys().next().value : undefined;
    return oldest === undefined ? decoded() : decoded(...close(oldest));
  };
  return { decode, flush: () => [...groups.keys()].flatMap(close) };
}

/** Between its end and its start, while its queue is full, and after it could not write, the daemon records nothing. */
const GAPS: Record<string, CoverageEvent['reason']> = {
  DAEMON_START: 'restart',
  DAEMON_END: 'restart',
  DAEMON_ABORT: 'restart',
  DAEMON_ROTATE: 'rotated',
  DAEMON_ERR: 'dropped',
};

function daemonRecord(head: AuditRecord, record: RawRecord, zoneOffsetMin: number): Decoded {
  const reason = GAPS[head.type];
  const stamp = stampIn(head, zoneOffsetMin);
  if (reason === undefined || stamp === undefined) return skipped('audit record without a process operation');
  const time = eventTime(stamp, { raw: head.stamp, basis: 'event', observed: record.observed });
  return missing(record, { format: 'auditd', clock: clockOf(head), time, reason, host: head.node });
}

function stampIn(head: AuditRecord, zoneOffsetMin: number): Stamp | undefined {
  return head.interpreted ? interpretedStamp(head.stamp, zoneOffsetMin) : parseEpoch(head.stamp);
}

const clockOf = ({ node }: AuditRecord): string => (node === undefined ? 'audit' : `audit@${node}`);

/** The OMS agent writes one record per event, all fields merged. */
function merged(head: AuditRecord, record: RawRecord, zoneOffsetMin: number): Decoded {
  const fields = readFields(head.body, STRINGS);
  const group = newGroup({ ...head, ...compact({ node: fields['node'] }) }, record);
  group.syscall = fields;
  Object.assign(group, compact({ cwd: fields['cwd'], saddr: fields['saddr'], title: fields['cmdline'] }));
  const event = eventOf(group, zoneOffsetMin);
  return event === undefined ? skipped('audit record without a process operation') : decoded(event);
}

function newGroup(head: AuditRecord, record: RawRecord): Group {
  return { head, ref: record.ref, host: head.node ?? record.host, observed: record.observed, execve: [], others: [] };
}

function add(group: Group, head: AuditRecord, record: RawRecord): void {
  if (head.type === 'EXECVE') {
    group.execve.push(head.body);
    return;
  }
  if (head.type === 'SYSCALL') {
    group.syscall = fieldsOf(head);
    group.ref = record.ref;
  } else if (head.type !== 'PATH') group.others.push(head);
}

const fieldsOf = ({ interpreted, body }: AuditRecord): Record<string, string> =>
  interpreted ? interpretedFields(body) : readFields(body, STRINGS);

function readOther(group: Group, head: AuditRecord): void {
  // The arguments say more than the title, which is cut.
  if (head.type === 'PROCTITLE' && group.execve.length > 0) return;
  const fields = fieldsOf(head);
  if (head.type === 'CWD' && fields['cwd'] !== undefined) group.cwd = fields['cwd'];
  else if (head.type === 'SOCKADDR' && head.interpreted)
    Object.assign(group, compact({ end: interpretedAddress(fields) }));
  else if (head.type === 'SOCKADDR' && fields['saddr'] !== undefined) group.saddr = fields['saddr'];
  else if (head.type === 'PROCTITLE' && fields['proctitle'] !== undefined)
    group.title = fields['proctitle'].replaceAll('\0', ' ').trim();
}

function eventOf(group: Group, zoneOffsetMin: number): ProcessEvent | undefined {
  const fields = group.syscall;
  const call = fields === undefined ? undefined : callOf(fields);
  const stamp = stampIn(group.head, zoneOffsetMin);
  if (fields === undefined || call === undefined || stamp === undefined) return undefined;
  for (const other of group.others) readOther(group, other);
  const exit = numberOf(fields['exit']) ?? interpretedExit(fields['exit']);
  const ok = fields['success'] !== undefined ? fields['success'] === 'yes' : undefined;
  const special = operation(call, ok, exit, group, fields);
  if (special === undefined) return undefined;
  const time = eventTime(
    { ...stamp, stepUs: TICK_US },
    { raw: group.head.stamp, basis: 'event', beforeUs: TICK_US, afterUs: TICK_US, observed: group.observed },
  );
  return compact({
    kind: 'process' as const,
    time,
    ref: group.ref,
    format: 'auditd',
    clock: clockOf(group.head),
    host: group.host,
    pid: numberOf(fields['pid']),
    ppid: numberOf(fields['ppid']),
    uid: fields['uid'] === '4294967295' ? undefined : numberOf(fields['uid']),
    exe: fields['exe'],
    comm: fields['comm'],
    cwd: group.cwd,
    commandLine: group.execve.length === 0 ? group.title : undefined,
    ...special,
  });
}

type Operation = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

function operation(
  call: AuditCall,
  ok: boolean | undefined,
  exit: number | undefined,
  group: Group,
  fields: Record<string, string>,
): Operation | undefined {
  if (call === 'exec') {
    const args = group.head.interpreted ? interpretedArgs(group.execve) : readArgs(group.execve);
    return compact({
      op: ok === false ? 'exec-failed' : 'exec',
      args: args.length > 0 ? args : undefined,
      exit,
    }) as Operation;
  }
  if (call === 'fork') return ok === false ? undefined : (compact({ op: 'fork', childPid: exit }) as Operation);
  if (call === 'exit') {
    const status = Number.parseInt(fields['a0'] ?? '', 16);
    return compact({ op: 'exit', exit: Number.isNaN(status) ? undefined : status & 255 }) as Operation;
  }
  const end = group.end ?? (group.saddr === undefined ? undefined : sockaddrHex(group.saddr));
  if (end === undefined) return undefined;
  const socket: SocketTuple =
    call === 'bind' ? { transport: 'ip', local: end, remote: {} } : { transport: 'ip', local: {}, remote: end };
  const result = ok === undefined ? undefined : ok ? 'ok' : exit === -115 ? 'in-progress' : 'fail';
  return compact({
    op: call === 'send' || call === 'peer' ? 'socket' : call,
    socket,
    result,
    exit: ok === false ? exit : undefined,
  }) as Operation;
}
