import { transportName } from '../core/network/ip.ts';
import { actionOf, endpointOf, isPlaced, networkEvent, ruleOf, severityOf } from '../core/network/network.ts';
import { eventTime } from '../core/time/time.ts';
import type { NetworkEvent } from '../model/event.ts';
import type { MappedRow } from './mapped-row.ts';

export function readNetwork(row: MappedRow): readonly NetworkEvent[] | string {
  const src = endpointOf(row.text('srcIp'), row.text('srcPort'));
  const dst = endpointOf(row.text('dstIp'), row.text('dstPort'), row.text('domain'));
  const instant = row.instant('time');
  if (instant === undefined) return 'no time';
  if (!isPlaced(src) && !isPlaced(dst)) return 'neither a source nor a destination';
  const rule = ruleOf(row.text('rule'), row.text('ruleId'), row.text('category'));
  const url = row.text('url');
  const severity = row.text('severity');
  return [
    networkEvent(row.record, {
      format: row.format,
      clock: 'time',
      time: eventTime(instant.stamp, { raw: instant.raw, basis: 'event', observed: row.record.observed }),
      host: row.text('host') ?? row.record.host,
      type: rule === undefined ? 'flow' : 'alert',
      action: actionOf(row.text('action')),
      actionRaw: row.text('action'),
      src,
      dst,
      transport: transportName(row.text('transport')?.toLowerCase()),
      rule,
      severity: severityOf(severity),
      severityRaw: severity,
      count: row.number('count'),
      http: url === undefined ? undefined : { url },
      uid: row.number('uid'),
      pid: row.number('pid'),
      sandboxId: row.text('sandbox'),
      containerId: row.text('container') ?? row.record.containerId,
    }),
  ].map((event) => ({ ...event, ref: row.ref }));
}
