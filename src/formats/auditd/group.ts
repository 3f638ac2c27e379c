import { compact, numberOf } from '../../core/json/json.ts';
import { sockaddrHex } from '../../core/network/sockaddr.ts';
import { type AuditCall, callOf } from '../../core/products/audit-calls.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseEpoch } from '../../core/time/time.ts';
import type { Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { readArgs, readFields, unhex } from './fields.ts';
import {
  interpretedAddress,
  interpretedArgs,
  interpretedExit,
  interpretedFields,
  interpretedStamp,
} from './interpreted.ts';
import { type CallFields, plainCall, plainValue } from './plain.ts';
import type { AuditRecord } from './record.ts';

/** Audit stamps come from the coarse kernel clock, which moves in ticks of 4 ms. */
const TICK_US = 4000;
/** No user: -1 without its sign. */
const NOBODY = '4294967295';
/** -EINPROGRESS. */
const IN_PROGRESS = -115;
/** Fields that hold what programs chose. */
export const STRINGS: ReadonlySet<string> = new Set(['comm', 'exe', 'cwd', 'proctitle']);

/** The records of one event. */
export interface Group {
  readonly head: AuditRecord;
  ref: SourceRef;
  /** How many there were. */
  records: number;
  readonly host: string | undefined;
  readonly observed: Micros | undefined;
  /** Record of the call. */
  call?: AuditRecord;
  /** Record of what io_uring does, during a call or on its own. */
  uring?: AuditRecord;
  /** Its fields, where they are read already. */
  fields?: CallFields;
  readonly execve: string[];
  /** Records of what the call was given: read only where the call is one that tells something. */
  readonly others: AuditRecord[];
  cwd?: string | undefined;
  saddr?: string | undefined;
  /** Address that the record spells out. */
  end?: Endpoint;
  title?: string | undefined;
}

export function newGroup(head: AuditRecord, record: RawRecord): Group {
  const host = head.node ?? record.host;
  return { head, ref: record.ref, records: 0, host, observed: record.observed, execve: [], others: [] };
}

export function add(group: Group, head: AuditRecord, record: RawRecord): void {
  group.records++;
  if (head.type === 'EXECVE') {
    // A line that stands there twice tells no more arguments.
    if (!group.execve.includes(head.body)) group.execve.push(head.body);
    return;
  }
  if (head.type === 'SYSCALL') {
    group.call = head;
    group.ref = record.ref;
  } else if (head.type === 'URINGOP') {
    group.uring = head;
    group.ref = record.ref;
  } else if (head.type !== 'PATH') group.others.push(head);
}

export function stampIn(head: AuditRecord, zoneOffsetMin: number): Stamp | undefined {
  if (head.time !== undefined) return head.time;
  return head.interpreted ? interpretedStamp(head.stamp, zoneOffsetMin) : parseEpoch(head.stamp);
}

export const clockOf = ({ node }: AuditRecord): string => (node === undefined ? 'audit' : `audit@${node}`);

const fieldsOf = ({ interpreted, body }: AuditRecord): Record<string, string> =>
  interpreted ? interpretedFields(body) : readFields(body, STRINGS);

/** The fields of the call: only a few of some thirty matter. */
function callFields({ call, fields, uring }: Group): CallFields | undefined {
  if (uring !== undefined) return { ...(call === undefined ? {} : fieldsOf(call)), ...fieldsOf(uring) };
  if (call === undefined) return fields;
  return call.interpreted
    ? interpretedFields(call.body)
    : (plainCall(call.body, unhex) ?? readFields(call.body, STRINGS));
}

function textIn(head: AuditRecord, key: string): string | undefined {
  const plain = head.interpreted ? undefined : plainValue(head.body, key);
  if (plain === undefined) return fieldsOf(head)[key];
  return plain.isHex && STRINGS.has(key) ? unhex(plain.text) : plain.text;
}

function readOther(group: Group, head: AuditRecord): void {
  if (head.type === 'CWD') group.cwd = textIn(head, 'cwd') ?? group.cwd;
  else if (head.type === 'SOCKADDR' && head.interpreted)
    Object.assign(group, compact({ end: interpretedAddress(fieldsOf(head)) }));
  else if (head.type === 'SOCKADDR') group.saddr = hexOf(textIn(head, 'saddr')) ?? group.saddr;
  // The arguments say more than the title, which is cut.
  else if (head.type === 'PROCTITLE' && group.execve.length === 0) group.title = titleIn(head) ?? group.title;
}

/**
 * The address alone: relays spell the separator before what an enriching daemon adds in their own way (rsyslog `#035`, JSON `\u001d`)
 * or leave it out.
 */
function hexOf(text: string | undefined): string | undefined {
  const added = text?.search(/[^\dA-Fa-f]/) ?? -1;
  return added < 0 ? text : text?.slice(0, added);
}

/** The title that was read last: one process mostly makes several calls. */
let last: { readonly head: AuditRecord; readonly title: string | undefined } | undefined;

function titleIn(head: AuditRecord): string | undefined {
  if (last?.head.body !== head.body || last.head.interpreted !== head.interpreted)
    last = { head, title: textIn(head, 'proctitle')?.replaceAll('\0', ' ').trim() };
  return last.title;
}

/** What the event says about a process; undefined where that is nothing. */
export function eventOf(group: Group, zoneOffsetMin: number): ProcessEvent | undefined {
  const fields = callFields(group);
  const call = fields === undefined ? undefined : callOf(fields);
  const stamp = stampIn(group.head, zoneOffsetMin);
  if (fields === undefined || call === undefined || stamp === undefined) return undefined;
  for (const other of group.others) readOther(group, other);
  const exit = numberOf(fields['exit']) ?? interpretedExit(fields['exit']);
  const ok = fields['success'] !== undefined ? fields['success'] === 'yes' : undefined;
  const special = operation(call, ok, exit, group, fields);
  if (special === undefined) return undefined;
  const { at, zone } = stamp;
  const stepUs = group.head.time === undefined ? TICK_US : Math.max(TICK_US, stamp.stepUs);
  const time = eventTime(
    { at, zone, stepUs },
    { raw: group.head.stamp, basis: 'event', beforeUs: TICK_US, afterUs: stepUs, observed: group.observed },
  );
  const event: Draft = { kind: 'process', time, ref: group.ref, format: 'auditd', clock: clockOf(group.head) };
  if (group.host !== undefined) event.host = group.host;
  identify(event, fields);
  if (group.cwd !== undefined) event.cwd = group.cwd;
  if (group.execve.length === 0 && group.title !== undefined) event.commandLine = group.title;
  return Object.assign(event, special);
}

/** Filled field by field: `compact` would look at each of a night's socket records as often as it has fields. */
type Draft = Mutable<Omit<ProcessEvent, 'op'>>;

function identify(event: Draft, { pid, ppid, uid, exe, comm }: CallFields): void {
  const [own, parent, user] = [numberOf(pid), numberOf(ppid), uid === NOBODY ? undefined : numberOf(uid)];
  if (own !== undefined) event.pid = own;
  if (parent !== undefined) event.ppid = parent;
  if (user !== undefined) event.uid = user;
  if (exe !== undefined) event.exe = exe;
  if (comm !== undefined) event.comm = comm;
}

type Operation = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

function operation(
  call: AuditCall,
  ok: boolean | undefined,
  exit: number | undefined,
  group: Group,
  fields: CallFields,
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
  const used: Mutable<Operation> = { op: call === 'send' || call === 'peer' ? 'socket' : call, socket };
  if (ok !== undefined) used.result = ok ? 'ok' : exit === IN_PROGRESS ? 'in-progress' : 'fail';
  if (ok === false && exit !== undefined) used.exit = exit;
  return used;
}
