import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { sockaddrHex } from '../../core/network/sockaddr.ts';
import { callOf } from '../../core/products/audit-calls.ts';
import { eventTime, parseEpoch } from '../../core/time/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The kernel stamps audit events by its coarse tick. */
const TICK_US = 4000;
const EINPROGRESS = -115;

/** Audit events as Laurel writes them, one JSON object each. */
export const laurel: Format = {
  id: 'laurel',
  title: 'Laurel audit events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock: 'wall clock of the kernel in steps of 4 ms, in `ID`',
  traps: ['a connect has no local address', 'exit -115 is a connect in progress'],
  claims: ({ json }: SniffRecord): Sniff =>
    isObject(json) && /^\d{9,11}\.\d{3}:\d+$/.test(textOf(json['ID']) ?? '') && !('kind' in json)
      ? yes(0.97, 'ID sec.ms:serial')
      : no('no Laurel event'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const raw = /^(\d{9,11}\.\d{3}):\d+$/.exec(textOf(at(json, 'ID')) ?? '')?.[1];
  const stamp = raw === undefined ? undefined : parseEpoch(raw);
  if (raw === undefined || stamp === undefined) return failed('no Laurel event');
  const part = partOf(json);
  if (part === undefined) return skipped('record without meaning here');
  const host = textOf(at(json, 'NODE')) ?? record.host;
  const time = eventTime(stamp, {
    raw,
    basis: 'event',
    beforeUs: TICK_US,
    afterUs: TICK_US,
    observed: record.observed,
  });
  const clock = host === undefined ? 'audit' : `audit@${host}`;
  return decoded({ time, ref: record.ref, format: 'laurel', clock, ...compact({ host }), ...part });
}

const objectOf = (value: unknown): object => (isObject(value) ? value : {});

type Part = Omit<ProcessEvent, 'time' | 'ref' | 'format' | 'clock'>;

function partOf(json: unknown): Part | undefined {
  const call = { ...objectOf(at(json, 'SYSCALL')), ...objectOf(at(json, 'URINGOP')) };
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(call)) fields[key] = textOf(value) ?? '';
  const kind = callOf(fields);
  const exit = numberOf(fields['exit']);
  const ok = fields['success'] === 'yes';
  const who = compact({
    kind: 'process' as const,
    pid: numberOf(fields['pid']),
    ppid: numberOf(fields['ppid']),
    uid: numberOf(fields['uid']),
    comm: textOf(at(call, 'comm')),
    exe: textOf(at(call, 'exe')),
    containerId: textOf(at(json, 'CONTAINER_INFO', 'ID')),
  });
  if (kind === 'exec') {
    const args = arrayOf(at(json, 'EXECVE', 'ARGV')).filter((arg) => typeof arg === 'string');
    const line = args.length > 0 ? undefined : textOf(at(json, 'EXECVE', 'ARGV_STR'));
    const cwd = textOf(at(json, 'CWD', 'cwd'));
    const what = compact({ args: args.length > 0 ? args : undefined, commandLine: line, cwd, exit });
    return { ...who, ...what, op: ok ? 'exec' : 'exec-failed' };
  }
  if (kind === 'fork') return ok ? compact({ ...who, op: kind, childPid: exit }) : undefined;
  if (kind === 'exit') return { ...who, op: kind };
  const far = kind === undefined ? undefined : addressOf(json);
  if (kind === undefined || far === undefined) return undefined;
  const result = ok ? ('ok' as const) : exit === EINPROGRESS ? ('in-progress' as const) : ('fail' as const);
  const socket =
    kind === 'bind' ? { transport: 'ip', local: far, remote: {} } : { transport: 'ip', local: {}, remote: far };
  return compact({ ...who, op: kind === 'send' || kind === 'peer' ? 'socket' : kind, socket, result, exit } as const);
}

function addressOf(json: unknown): Endpoint | undefined {
  const hex = textOf(at(json, 'SOCKADDR', 'saddr'));
  const raw = hex === undefined ? undefined : sockaddrHex(hex);
  if (raw !== undefined) return raw;
  const translated = at(json, 'SOCKADDR', 'SADDR');
  // What auditd had enriched keeps its names.
  const ip = parseIp(textOf(at(translated, 'addr')) ?? textOf(at(translated, 'laddr')) ?? '');
  return ip === undefined
    ? undefined
    : compact({ ip, port: parsePort(at(translated, 'port') ?? at(translated, 'lport')) });
}
