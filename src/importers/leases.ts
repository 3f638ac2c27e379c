import { compact } from '../core/json/json.ts';
import { parseIp, parsePort } from '../core/network/ip.ts';
import { windowTime } from '../core/tools/tool-call.ts';
import type { LeaseEvent } from '../model/event.ts';
import type { MappedRow } from './mapped-row.ts';

export function readLease(row: MappedRow): readonly LeaseEvent[] | string {
  const address = row.text('ip');
  const ip = address === undefined ? undefined : parseIp(address);
  if (address !== undefined && ip === undefined) return `no address under ${row.pathOf('ip')}`;
  const start = row.instant('time');
  const end = row.instant('end');
  return [
    compact({
      kind: 'lease' as const,
      format: row.format,
      clock: 'time',
      time: windowTime(start, end, { earlyUs: 0, lateUs: 0 }),
      ref: row.ref,
      host: row.text('host') ?? row.record.host,
      sandboxId: row.text('sandbox') ?? '',
      episodeId: row.text('episode'),
      group: row.text('group'),
      ip,
      uid: row.number('uid'),
      containerId: row.text('container'),
      rootPid: row.number('rootPid'),
      portFrom: parsePort(row.text('portFrom')),
      portTo: parsePort(row.text('portTo')),
      start: start?.stamp.at,
      end: end?.stamp.at,
    }),
  ];
}
