import { compact } from '../core/json/json.ts';
import { transportName } from '../core/network/ip.ts';
import { endpointOf, isPlaced } from '../core/network/network.ts';
import { eventTime } from '../core/time/time.ts';
import type { ProcessEvent } from '../model/event.ts';
import type { MappedRow } from './mapped-row.ts';

const OPS = ['exec', 'fork', 'exit', 'connect', 'accept', 'bind', 'close'] as const;

/** A process record; with a remote address it is a connection, else it is taken for an exec unless `op` says more. */
export function readProcess(row: MappedRow): readonly ProcessEvent[] | string {
  const instant = row.instant('time');
  if (instant === undefined) return 'no time';
  const local = endpointOf(row.text('localIp'), row.text('localPort'));
  const remote = endpointOf(row.text('remoteIp'), row.text('remotePort'));
  const word = row.text('op');
  const op = word === undefined ? (isPlaced(remote) ? 'connect' : 'exec') : OPS.find((known) => known === word);
  if (op === undefined) return `op is none of ${OPS.join(', ')}`;
  const transport = transportName(row.text('transport')?.toLowerCase()) ?? 'tcp';
  return [
    compact({
      kind: 'process' as const,
      format: row.format,
      clock: 'time',
      ref: row.ref,
      time: eventTime(instant.stamp, { raw: instant.raw, basis: 'event', observed: row.record.observed }),
      host: row.text('host') ?? row.record.host,
      op,
      pid: row.number('pid'),
      ppid: row.number('ppid'),
      uid: row.number('uid'),
      exe: row.text('exe'),
      comm: row.text('comm'),
      commandLine: row.text('command'),
      cwd: row.text('cwd'),
      exit: row.number('exit'),
      containerId: row.text('container') ?? row.record.containerId,
      sandboxId: row.text('sandbox'),
      socket: isPlaced(remote) ? { transport, local, remote } : undefined,
    }),
  ];
}
