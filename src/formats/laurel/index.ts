import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort } from '../../core/ip.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { sockaddrHex } from '../../core/sockaddr.ts';
import { eventTime, parseEpoch } from '../../core/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The kernel stamps audit events by its coarse tick. */
const TICK_US = 4000;
const EINPROGRESS = -115;
/** Numbers of x86-64; other machines need the translated name. */
const NUMBERS: Record<string, string> = { '42': 'connect', '49': 'bind', '59': 'execve', '322': 'execveat' };

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

type Part = Omit<ProcessEvent, 'time' | 'ref' | 'format' | 'clock'>;

function partOf(json: unknown): Part | undefined {
  const call = at(json, 'SYSCALL');
  const name = textOf(at(call, 'SYSCALL')) ?? NUMBERS[textOf(at(call, 'syscall')) ?? ''] ?? '';
  const exit = numberOf(at(call, 'exit'));
  const ok = textOf(at(call, 'success')) === 'yes';
  const who = compact({
    kind: 'process' as const,
    pid: numberOf(at(call, 'pid')),
    ppid: numberOf(at(call, 'ppid')),
    uid: numberOf(at(call, 'uid')),
    comm: textOf(at(call, 'comm')),
    exe: textOf(at(call, 'exe')),
    containerId: textOf(at(json, 'CONTAINER_INFO', 'ID')),
  });
  if (name === 'execve' || name === 'execveat') {
    const args = arrayOf(at(json, 'EXECVE', 'ARGV')).filter((arg) => typeof arg === 'string');
    const what = compact({ args: args.length > 0 ? args : undefined, cwd: textOf(at(json, 'CWD', 'cwd')), exit });
    return { ...who, ...what, op: ok ? 'exec' : 'exec-failed' };
  }
  if (name !== 'connect' && name !== 'bind') return undefined;
  const far = addressOf(json);
  if (far === undefined) return undefined;
  const result = ok ? ('ok' as const) : exit === EINPROGRESS ? ('in-progress' as const) : ('fail' as const);
  const socket =
    name === 'bind' ? { transport: 'ip', local: far, remote: {} } : { transport: 'ip', local: {}, remote: far };
  return compact({ ...who, op: name, socket, result, exit } as const);
}

function addressOf(json: unknown): Endpoint | undefined {
  const hex = textOf(at(json, 'SOCKADDR', 'saddr'));
  if (hex !== undefined) return sockaddrHex(hex);
  const translated = at(json, 'SOCKADDR', 'SADDR');
  const ip = parseIp(textOf(at(translated, 'addr')) ?? '');
  return ip === undefined ? undefined : compact({ ip, port: parsePort(at(translated, 'port')) });
}
