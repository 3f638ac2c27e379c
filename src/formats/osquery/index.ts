import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort } from '../../core/ip.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseEpoch } from '../../core/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const OPS: Record<string, ProcessEvent['op']> = { connect: 'connect', bind: 'bind', accept: 'accept' };

/** osquery result log, rows of `process_events` and `socket_events`. */
export const osquery: Format = {
  id: 'osquery',
  title: 'osquery results',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: '`columns.time`, whole seconds; the report is some seconds later',
  traps: ['connects carry no local address or port', 'events expire unread'],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  const fits = typeof at(json, 'hostIdentifier') === 'string' && isObject(at(json, 'columns'));
  return fits ? yes(0.97, 'hostIdentifier and columns') : no('no osquery result');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const columns = at(json, 'columns');
  if (!isObject(columns)) return failed('no columns');
  const text = (key: string): string | undefined => textOf(columns[key]);
  const raw = text('time') ?? '';
  const stamp = parseEpoch(raw);
  const pid = numberOf(text('pid'));
  if (stamp === undefined || pid === undefined) return skipped('row of no process event');
  const remote: Endpoint = compact({ ip: parseIp(text('remote_address') ?? ''), port: parsePort(text('remote_port')) });
  const op = text('remote_address') !== undefined || text('family') !== undefined ? OPS[text('action') ?? ''] : 'exec';
  if (op === undefined || at(json, 'action') === 'removed') return skipped('other row');
  const ppid = numberOf(text('parent'));
  const host = textOf(at(json, 'hostIdentifier'));
  const local: Endpoint = compact({
    ip: parseIp(text('local_address') ?? ''),
    port: text('local_port') === '0' ? undefined : parsePort(text('local_port')),
  });
  const status = text('status');
  return decoded(
    compact({
      kind: 'process' as const,
      op,
      time: eventTime(stamp, { raw, basis: 'event', observed: parseEpoch(textOf(at(json, 'unixTime')) ?? '')?.at }),
      ref: record.ref,
      format: 'osquery',
      clock: host === undefined ? 'columns.time' : `columns.time@${host}`,
      host,
      pid,
      ppid: ppid === -1 ? undefined : ppid,
      uid: numberOf(text('uid')),
      exe: text('path'),
      commandLine: text('cmdline'),
      cwd: text('cwd'),
      socket: op === 'exec' ? undefined : { transport: 'ip', local, remote },
      result: status === 'succeeded' ? ('ok' as const) : status === 'failed' ? ('fail' as const) : undefined,
    }),
  );
}
