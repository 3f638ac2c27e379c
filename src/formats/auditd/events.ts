import { compact } from '../../core/json.ts';
import { eventTime, fromSecondsNanos } from '../../core/time.ts';
import type { Event, ProcessEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { type AuditFields, auditNumber, auditText, execArgs, fromHex, socketAddress } from './values.ts';

export interface AuditGroup {
  readonly node: string | undefined;
  readonly seconds: string;
  readonly millis: string;
  readonly serial: string;
  readonly ref: SourceRef;
  readonly observed: Micros | undefined;
  readonly records: { readonly type: string; readonly fields: AuditFields }[];
}

/** Coarse kernel clock: CONFIG_HZ=250 gives 4 ms, measured. */
const TICK_US = 4000;
const EINPROGRESS = -115;

/** x86-64, i386, aarch64 and by-name (ENRICHED) system calls that matter here. */
const CALLS: Record<string, string> = {
  'c000003e:59': 'execve',
  'c000003e:322': 'execve',
  'c000003e:42': 'connect',
  'c000003e:43': 'accept',
  'c000003e:288': 'accept',
  'c000003e:49': 'bind',
  'c000003e:56': 'clone',
  'c000003e:57': 'fork',
  'c000003e:58': 'vfork',
  'c000003e:435': 'clone',
  'c000003e:60': 'exit',
  'c000003e:231': 'exit',
  'c00000b7:221': 'execve',
  'c00000b7:281': 'execve',
  'c00000b7:203': 'connect',
  'c00000b7:202': 'accept',
  'c00000b7:242': 'accept',
  'c00000b7:200': 'bind',
  'c00000b7:220': 'clone',
  'c00000b7:435': 'clone',
  'c00000b7:93': 'exit',
  'c00000b7:94': 'exit',
  '40000003:11': 'execve',
  '40000003:362': 'connect',
  '40000003:120': 'clone',
  '40000003:2': 'fork',
  '40000003:190': 'vfork',
};
const NAMES: Record<string, string> = { execveat: 'execve', accept4: 'accept', clone3: 'clone', exit_group: 'exit' };

/** The events of one complete group; none for system calls that say nothing about processes or sockets. */
export function toEvents(group: AuditGroup): readonly Event[] {
  const syscall = group.records.find((record) => record.type === 'SYSCALL')?.fields;
  if (syscall === undefined) return [];
  const name = callName(syscall);
  const ok = (syscall.get('success')?.value ?? 'yes') === 'yes';
  const exit = auditNumber(syscall, 'exit');
  const base = baseOf(group, syscall);
  if (name === 'execve') return [exec(group, base, ok, exit)];
  if (name === 'clone' || name === 'fork' || name === 'vfork')
    return ok && exit !== undefined && exit > 0 ? [{ ...base, op: 'fork', childPid: exit }] : [];
  if (name === 'exit') return [{ ...base, op: 'exit' }];
  if (name === 'connect' || name === 'accept' || name === 'bind') return socket(group, base, name, ok, exit);
  return [];
}

function callName(fields: AuditFields): string | undefined {
  const stated = fields.get('SYSCALL')?.value ?? fields.get('syscall')?.value ?? '';
  if (!/^\d+$/.test(stated)) return NAMES[stated] ?? stated;
  return CALLS[`${(fields.get('arch')?.value ?? '').toLowerCase()}:${stated}`];
}

function baseOf(group: AuditGroup, fields: AuditFields): Omit<ProcessEvent, 'op'> {
  const stamp = { ...fromSecondsNanos(group.seconds, Number(group.millis) * 1_000_000), stepUs: TICK_US };
  return compact({
    kind: 'process' as const,
    format: 'auditd',
    clock: 'audit',
    time: eventTime(stamp, {
      raw: `${group.seconds}.${group.millis}`,
      basis: 'event',
      beforeUs: TICK_US,
      observed: group.observed,
    }),
    ref: group.ref,
    host: group.node,
    pid: auditNumber(fields, 'pid'),
    ppid: auditNumber(fields, 'ppid'),
    uid: auditNumber(fields, 'uid'),
    comm: auditText(fields, 'comm'),
    exe: auditText(fields, 'exe'),
  });
}

function exec(group: AuditGroup, base: Omit<ProcessEvent, 'op'>, ok: boolean, exit: number | undefined): ProcessEvent {
  const args = execArgs(group.records.filter((record) => record.type === 'EXECVE').map((record) => record.fields));
  const cwdFields = group.records.find((record) => record.type === 'CWD')?.fields;
  const title = group.records.find((record) => record.type === 'PROCTITLE')?.fields.get('proctitle');
  const titleText =
    title === undefined ? undefined : (title.quoted ? title.value : fromHex(title.value)).replaceAll('\0', ' ');
  return compact({
    ...base,
    op: ok ? ('exec' as const) : ('exec-failed' as const),
    args,
    commandLine: args === undefined ? titleText : undefined,
    cwd: cwdFields === undefined ? undefined : auditText(cwdFields, 'cwd'),
    result: ok ? ('ok' as const) : ('fail' as const),
    exit: ok ? undefined : exit,
  });
}

function socket(
  group: AuditGroup,
  base: Omit<ProcessEvent, 'op'>,
  op: 'connect' | 'accept' | 'bind',
  ok: boolean,
  exit: number | undefined,
): readonly Event[] {
  const saddr = group.records.find((record) => record.type === 'SOCKADDR')?.fields.get('saddr')?.value;
  if (saddr === undefined || !/^[0-9A-Fa-f]+$/.test(saddr)) return [];
  const address = socketAddress(saddr);
  if (address.ip === undefined || address.port === undefined) return [];
  const end = { ip: address.ip, port: address.port };
  return [
    {
      ...base,
      op,
      socket: { transport: 'ip', local: op === 'bind' ? end : {}, remote: op === 'bind' ? {} : end },
      result: ok ? 'ok' : exit === EINPROGRESS ? 'in-progress' : 'fail',
    },
  ];
}
