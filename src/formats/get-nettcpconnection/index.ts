import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { RowReader, sniffRows } from '../../core/tables/rows.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

const NEEDED = ['LocalAddress', 'LocalPort', 'RemoteAddress', 'RemotePort', 'OwningProcess'];

/** TCP sockets of Windows as `Get-NetTCPConnection` lists them, exported as CSV or JSON. */
export const getNettcpconnection: Format = {
  id: 'get-nettcpconnection',
  title: 'PowerShell Get-NetTCPConnection',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none: `CreationTime` is local time in the language of the host and is not used',
  traps: [
    'a snapshot shows that the socket was alive, not when it was opened',
    'process 0 stands for a socket that nobody has any more',
  ],
  claims,
  sniff: (sample) => sniffRows(sample, scoreNames, claims),
  open,
};

function claims({ json }: SniffRecord): Sniff {
  return isObject(json) ? scoreNames(Object.keys(json)) : no('not a row');
}

function scoreNames(names: readonly string[]): Sniff {
  const known = new Set(names);
  return NEEDED.every((name) => known.has(name)) ? yes(0.97, NEEDED.join(', ')) : no('other columns');
}

function open(): Decoder {
  const rows = new RowReader((names) => scoreNames(names).score > 0);
  const decode = (record: RawRecord): Decoded => {
    const read = rows.read(record);
    if (read.is === 'bad') return failed('neither JSON nor a row under a known header');
    if (read.is !== 'row') return read.is === 'held' ? decoded() : skipped(read.is);
    const event = socketOf(record, read.row, read.ref);
    return event === undefined ? failed('no two ends') : decoded(event);
  };
  return { decode };
}

function socketOf(record: RawRecord, row: JsonObject, ref: SourceRef): ProcessEvent | undefined {
  const local = endOf(row['LocalAddress'], row['LocalPort']);
  const remote = endOf(row['RemoteAddress'], row['RemotePort']);
  if (local === undefined || remote === undefined) return undefined;
  const pid = numberOf(row['OwningProcess']);
  return compact({
    kind: 'process' as const,
    op: 'socket' as const,
    time: timeFromObserved(record.observed),
    ref,
    format: 'get-nettcpconnection',
    clock: 'snapshot',
    host: record.host ?? textOf(row['PSComputerName']),
    state: textOf(row['State']),
    pid: pid === 0 ? undefined : pid,
    comm: textOf(row['ProcessName']),
    socket: { transport: 'tcp', local, remote },
  });
}

/** Scopes of IPv6 stand behind a percent sign. Port 0 is that of a listener's far end. */
function endOf(address: unknown, port: unknown): Endpoint | undefined {
  const ip = parseIp((textOf(address) ?? '').replace(/%.*$/, ''));
  const number = parsePort(textOf(port));
  return ip === undefined ? undefined : compact({ ip, port: number === 0 ? undefined : number });
}
